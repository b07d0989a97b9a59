//! Five empty databases for one world, each owned by a role of its own that can't step over row-level security.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;
use uuid::Uuid;

use crate::Service;
use crate::servers::Servers;

/// The databases of a world, by service.
#[derive(Debug, Clone)]
pub struct Databases {
    owners: BTreeMap<Service, Url>,
    servers: Servers,
}

impl Databases {
    /// Makes them.
    pub async fn make(servers: &Servers) -> Result<Self> {
        let mut server = connect(&servers.admin_database_url).await?;
        let password = Uuid::new_v4().simple().to_string();
        let mut owners = BTreeMap::new();
        for service in Service::OURS {
            let role = format!("e2e_{}", service.database());
            let make = format!("DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
            execute(&mut server, make).await?;
            let limits = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE";
            execute(&mut server, format!("ALTER ROLE {role} {limits} PASSWORD '{password}'")).await?;
            execute(&mut server, format!("CREATE DATABASE {role} OWNER {role}")).await?;
            let mut url = servers.admin_of(&role);
            let parts = url.set_username(&role).and_then(|()| url.set_password(Some(&password)));
            parts.ok().context("a database address takes a role and a password")?;
            owners.insert(service, url);
        }
        server.close().await?;
        Ok(Self { owners, servers: servers.clone() })
    }

    /// A service's own address.
    pub fn url(&self, service: Service) -> Option<&Url> {
        self.owners.get(&service)
    }

    /// A number, read past row-level security.
    pub async fn count(&self, service: Service, sql: &'static str) -> Result<i64> {
        let url = self.servers.admin_of(&format!("e2e_{}", service.database()));
        let mut database = connect(&url).await?;
        let count = sqlx::query_scalar(sql).fetch_one(&mut database).await.with_context(|| sql.to_owned())?;
        database.close().await?;
        Ok(count)
    }
}

async fn connect(url: &Url) -> Result<PgConnection> {
    PgConnection::connect(url.as_str()).await.context("the private PostgreSQL does not answer")
}

async fn execute(server: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(server).await?;
    Ok(())
}
