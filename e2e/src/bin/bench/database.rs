//! Databases of one run.

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

/// An empty database that belongs to the test owner.
#[derive(Debug)]
pub struct Fresh {
    pub url: Url,
    owner: Url,
    name: String,
}

impl Fresh {
    /// Makes it; what an earlier run left under this name is dropped.
    pub async fn make(owner: &Url, name: &str) -> Result<Self> {
        let mut url = owner.clone();
        url.set_path(name);
        let fresh = Self { url, owner: owner.clone(), name: name.to_owned() };
        fresh.execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        fresh.execute(format!("CREATE DATABASE {name}")).await?;
        Ok(fresh)
    }

    /// Drops it.
    pub async fn drop(self) -> Result<()> {
        self.execute(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await
    }

    async fn execute(&self, sql: String) -> Result<()> {
        let mut server = PgConnection::connect(self.owner.as_str()).await.context("PostgreSQL does not answer")?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut server).await?;
        server.close().await?;
        Ok(())
    }
}
