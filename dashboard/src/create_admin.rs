//! `dashboard create-admin`: the first person, from the command line.

use std::io::{IsTerminal as _, Read as _};

use clap::Parser;
use platform::Db;
use platform::clock::Clock;
use platform::config::DatabaseUrl;
use secrecy::SecretString;

use crate::server::MIGRATOR;
use crate::staff::Username;
use crate::staff::first::{Outcome, create};

/// Creates the first person, a super admin. Does nothing once there is anybody.
///
/// The password comes from ADMIN_PASSWORD, or from standard input.
#[derive(Debug, Parser)]
#[command(name = "dashboard create-admin")]
pub struct CreateAdmin {
    /// The dashboard's own database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: DatabaseUrl,

    /// What they sign in with.
    #[arg(long, env = "ADMIN_USERNAME", default_value = "admin")]
    username: Username,

    /// What they are called.
    #[arg(long, default_value = "Admin")]
    name: String,
}

/// Runs the subcommand.
pub async fn run(arguments: Vec<std::ffi::OsString>) -> anyhow::Result<&'static str> {
    let command = CreateAdmin::try_parse_from(arguments)?;
    let password = match std::env::var("ADMIN_PASSWORD") {
        Ok(password) => password.into(),
        Err(_) => from_stdin()?,
    };
    let db = Db::from_url(&command.database_url, 1)?;
    db.migrate(&MIGRATOR).await?;
    match create(&db, &command.username, &command.name, &password, Clock::system().now()).await? {
        Outcome::Created => Ok("created"),
        Outcome::SomebodyIsThere => Ok("nothing done: there is somebody already"),
    }
}

fn from_stdin() -> anyhow::Result<SecretString> {
    let mut input = std::io::stdin();
    anyhow::ensure!(!input.is_terminal(), "give the password on standard input or in ADMIN_PASSWORD");
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
