//! Five databases, each owned by a role of the same name that can't step over row-level security.

use std::fs;

use anyhow::Result;

use super::settings::Settings;
use crate::instance::Instance;
use crate::tools::postgres::PostgresTools;

pub const DATABASES: [&str; 5] = ["channel", "ai", "case", "notification", "dashboard"];

pub fn make(instance: &Instance, tools: &PostgresTools, settings: &Settings) -> Result<()> {
    let server = instance.postgres(tools)?;
    for name in DATABASES {
        let name = format!("gc_{name}");
        let password = settings.database_password(&name);
        server.sql(
            "postgres",
            &format!(
                "DO $$ BEGIN CREATE ROLE {name}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                 ALTER ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '{password}'"
            ),
        )?;
        let found = server.sql("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        if found.trim().is_empty() {
            server.sql("postgres", &format!("CREATE DATABASE {name} OWNER {name}"))?;
        }
        server.sql("postgres", &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"))?;
    }
    fs::create_dir_all(instance.dir.join("media"))?;
    fs::create_dir_all(instance.dir.join("simulator"))?;
    Ok(())
}
