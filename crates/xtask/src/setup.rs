//! `cargo xtask setup`: the servers that plain cargo commands test against, left running.

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use crate::instance::{Instance, TEST_OWNER};
use crate::place::{self, Place};
use crate::tools::{self, postgres::PostgresTools, rabbitmq::RabbitTools};
use crate::ui::Steps;

/// The instance's name.
pub const NAME: &str = "test";

/// Written to `.govconnect/servers.json`; the tests' own set-up reads it when the variables are not set.
#[derive(Debug, Serialize)]
pub struct Servers {
    pub admin_database_url: String,
    pub owner_database_url: String,
    pub database_url_template: String,
    pub amqp_url: String,
}

pub fn run(place: &Place) -> Result<()> {
    let mut steps = Steps::new(4);
    let (servers, _) = start(place, &mut steps)?;
    println!(
        "\nThe servers for tests run until `cargo xtask down --all`. `cargo test` finds them by .govconnect/servers.json, or by:\n"
    );
    for (name, value) in servers.environment() {
        println!("export {name}='{value}'");
    }
    Ok(())
}

impl Servers {
    pub fn of(instance: &Instance) -> Self {
        let owner = &instance.record.owner_password;
        Self {
            admin_database_url: instance.admin_url(),
            owner_database_url: instance.database_url(TEST_OWNER, owner, "postgres"),
            database_url_template: instance.database_url(TEST_OWNER, owner, "{database}"),
            amqp_url: instance.amqp_url(),
        }
    }

    pub fn environment(&self) -> [(&'static str, &str); 3] {
        [
            ("GOVCONNECT_TEST_OWNER_URL", &self.owner_database_url),
            ("GOVCONNECT_TEST_ADMIN_URL", &self.admin_database_url),
            ("GOVCONNECT_TEST_AMQP_URL", &self.amqp_url),
        ]
    }
}

/// Finds or starts the test servers in four steps; says whether anything had to be started.
pub fn start(place: &Place, steps: &mut Steps) -> Result<(Servers, bool)> {
    let postgres_tools = steps.quiet("Finding PostgreSQL with pgvector", || tools::postgres::provide(place))?;
    let rabbit_tools = steps.quiet("Finding RabbitMQ", || tools::rabbitmq::provide(place))?;
    let mut instance = Instance::open(place, NAME, false)?;
    let postgres_new = steps.quiet("Starting PostgreSQL", || instance.start_postgres(&postgres_tools))?;
    let rabbit_new = steps.quiet("Starting RabbitMQ", || instance.start_rabbit(&rabbit_tools))?;
    test_owner(&instance, &postgres_tools)?;
    let servers = Servers::of(&instance);
    place::write_whole(&place.local.join("servers.json"), &serde_json::to_vec_pretty(&servers)?, 0o600)?;
    Ok((servers, postgres_new || rabbit_new))
}

/// Whether the test servers run, so that whoever asks leaves them running.
pub fn run_already(place: &Place) -> Result<bool> {
    let instance = Instance::open(place, NAME, false)?;
    let postgres = instance.postgres(&PostgresTools { bin: PathBuf::new() })?;
    let rabbit = instance.rabbit(&RabbitTools { server: PathBuf::new(), path: None })?;
    Ok(!postgres.processes().is_empty() && !rabbit.processes().is_empty())
}

/// The role that tests make their databases with.
pub fn test_owner(instance: &Instance, tools: &PostgresTools) -> Result<()> {
    let password = &instance.record.owner_password;
    instance.postgres(tools)?.sql(
        "postgres",
        &format!(
            "DO $$ BEGIN CREATE ROLE {TEST_OWNER}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             ALTER ROLE {TEST_OWNER} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD '{password}'"
        ),
    )?;
    Ok(())
}
