//! `cargo xtask servers …`: private servers by name, for tests that take them away and bring them back.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use crate::instance::Instance;
use crate::place::Place;
use crate::tools::postgres::PostgresTools;
use crate::tools::rabbitmq::RabbitTools;
use crate::{down, setup, tools};

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
    /// Which set of servers
    #[arg(long, global = true, default_value = "e2e", value_parser = name)]
    instance: String,
    /// One of them only
    #[arg(long, global = true)]
    only: Option<Only>,
    /// Commits survive a power cut (slower)
    #[arg(long, global = true)]
    durable: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Action {
    /// Start them (data, ports and passwords stay the same over a stop) and print their addresses as JSON
    Start,
    /// End them in order
    Stop,
    /// End them with SIGKILL, as a crash would
    Kill,
    /// End them and throw their data away
    Wipe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Postgres,
    Rabbitmq,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let Options { action, instance: name, only, durable } = options;
    let (postgres, rabbit) = (*only != Some(Only::Rabbitmq), *only != Some(Only::Postgres));
    if let Action::Wipe = action {
        down::stop(place, name)?;
        return down::wipe(place, name);
    }
    let mut instance = Instance::open(place, name, *durable)?;
    if let Action::Start = action {
        if postgres {
            let found = tools::postgres::provide(place)?;
            instance.start_postgres(&found)?;
            setup::test_owner(&instance, &found)?;
        }
        if rabbit {
            instance.start_rabbit(&tools::rabbitmq::provide(place)?)?;
        }
        println!("{}", serde_json::to_string_pretty(&setup::Servers::of(&instance))?);
        return Ok(());
    }
    let kill = matches!(action, Action::Kill);
    if rabbit {
        let server = instance.rabbit(&RabbitTools { server: "".into(), path: None })?;
        if kill { server.kill()? } else { server.stop()? }
    }
    if postgres {
        let server = instance.postgres(&PostgresTools { bin: "".into() })?;
        if kill { server.kill()? } else { server.stop()? }
    }
    Ok(())
}

/// A name becomes a folder and an Erlang node.
fn name(text: &str) -> Result<String, String> {
    let good = !text.is_empty()
        && text.len() <= 30
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if good { Ok(text.to_owned()) } else { Err("lower-case letters and digits only, 30 at most".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        assert!(name("e2e").is_ok());
        for bad in ["", "../demo", "a b", "Ä"] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
