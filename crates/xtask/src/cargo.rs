//! Plain cargo, started from inside `cargo xtask`.

use std::process::Command;

use crate::place::Place;

/// Cargo in the clone, with this clone's build folder, its queries checked against the committed metadata.
///
/// What `cargo run` put into our environment is taken out again: a build that saw it would differ from one that a person
/// starts at the prompt, and everything would be built twice.
pub fn cargo(place: &Place) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&place.root).env("CARGO_TARGET_DIR", &place.target).env("SQLX_OFFLINE", "true");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_ours_alone) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_ours_alone(name: &str) -> bool {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || ["CARGO", "CARGO_PRIMARY_PACKAGE", "DATABASE_URL", "SQLX_OFFLINE_DIR"].contains(&name)
        || name.ends_with("_DATABASE_URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cargo_run_and_a_query_check_left_is_taken_out() {
        assert!(is_ours_alone("CARGO_PKG_NAME"));
        assert!(is_ours_alone("CASE_DATABASE_URL"));
        assert!(!is_ours_alone("CARGO_HOME"));
        assert!(!is_ours_alone("CARGO_TERM_COLOR"));
        assert!(!is_ours_alone("CARGO_NET_OFFLINE"));
    }
}
