//! The database: one pool, one office per transaction.
//!
//! Every query of a service runs in a transaction that says whose rows it may see: [`Db::office`] for one office,
//! [`Db::all_offices`] for workers that serve all. Row-level security does the rest. A connection outside of such a
//! transaction sees nothing.

use std::time::Duration;

use contracts::OfficeId;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::config::{Common, DatabaseUrl};

/// Connections for look-ups beside transactions.
const ASIDE_CONNECTIONS: u32 = 2;

/// A transaction in which the office is set.
pub type Tx = Transaction<'static, Postgres>;

/// The pool. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    /// For short look-ups from within a transaction: whoever holds a connection of `pool` and waited for another one
    /// of it could wait for ever.
    aside: PgPool,
    /// Whether the tables are there; workers wait for it.
    migrated: watch::Sender<bool>,
}

impl Db {
    /// A pool that connects when it is first used: a database that is away is no reason not to start.
    pub fn lazy(config: &Common) -> anyhow::Result<Self> {
        Self::from_url(&config.database_url, config.database_max_connections)
    }

    /// The same, for tests and tools.
    pub fn from_url(url: &DatabaseUrl, max_connections: u32) -> anyhow::Result<Self> {
        // Statement logging would write values.
        let options: PgConnectOptions =
            sqlx::ConnectOptions::disable_statement_logging(url.expose().parse::<PgConnectOptions>()?);
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(3))
                .idle_timeout(Duration::from_mins(5))
                .connect_lazy_with(options.clone())
        };
        Ok(Self { pool: pool(max_connections), aside: pool(ASIDE_CONNECTIONS), migrated: watch::Sender::new(false) })
    }

    /// A transaction that sees this office's rows.
    pub async fn office(&self, office: OfficeId) -> Result<Tx, sqlx::Error> {
        // A uuid has no character that could end the literal.
        self.begin(&self.pool, format!("BEGIN; SET LOCAL app.office_id = '{office}'")).await
    }

    /// A transaction that sees all offices' rows, for a worker that serves all; `purpose` is for the reader.
    pub async fn all_offices(&self, purpose: &'static str) -> Result<Tx, sqlx::Error> {
        tracing::trace!(purpose, "a transaction over all offices");
        self.begin(&self.pool, "BEGIN; SET LOCAL app.scope = 'all'".to_owned()).await
    }

    /// The same for a short look-up while another transaction is open; it must wait for nothing.
    pub async fn aside(&self, purpose: &'static str) -> Result<Tx, sqlx::Error> {
        tracing::trace!(purpose, "a look-up over all offices");
        self.begin(&self.aside, "BEGIN; SET LOCAL app.scope = 'all'".to_owned()).await
    }

    async fn begin(&self, pool: &PgPool, statement: String) -> Result<Tx, sqlx::Error> {
        if !*self.migrated.borrow() {
            return Err(sqlx::Error::PoolTimedOut);
        }
        pool.begin_with(AssertSqlSafe(statement)).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query_scalar!("SELECT 1").fetch_one(&self.pool).await.map(drop)
    }

    /// Applies what is missing, under PostgreSQL's advisory lock: of several instances one does it.
    pub async fn migrate(&self, migrator: &Migrator) -> Result<(), sqlx::migrate::MigrateError> {
        migrator.run(&self.pool).await?;
        self.migrated.send_replace(true);
        Ok(())
    }

    /// Migrates, and while the database is away tries again, without end.
    pub async fn migrate_when_up(&self, migrator: &Migrator) -> anyhow::Result<()> {
        let mut pause = Duration::from_millis(200);
        loop {
            match self.migrate(migrator).await {
                Ok(()) => {
                    info!("the database is up to date");
                    return Ok(());
                }
                // A database that answers but refuses the migration won't change its mind.
                Err(error) if !is_away(&error) => return Err(error.into()),
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "the database is away; trying again in {pause:?}");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    /// Waits until the tables are there.
    pub async fn migrated(&self) {
        // The sender lives in `self`: the channel can't close while we wait.
        let _ = self.migrated.subscribe().wait_for(|done| *done).await;
    }

    /// Whether the tables are there.
    pub fn is_migrated(&self) -> bool {
        *self.migrated.borrow()
    }

    /// For a template database whose tables are there already.
    pub fn assume_migrated(&self) {
        self.migrated.send_replace(true);
    }

    /// The pool itself, for tests and for what has no office (advisory locks).
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

fn is_away(error: &sqlx::migrate::MigrateError) -> bool {
    match error {
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            is_unavailable(error)
        }
        _ => false,
    }
}

/// Whether an error says that the database is away, rather than that the query is wrong.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // 08 connection, 28 sign-in (a password that is being changed), 53 resources, 57P0x shutdown; 40001 and 40P01: another try succeeds.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08")
                || code.starts_with("28")
                || code.starts_with("53")
                || code.starts_with("57P")
                || code == "40001"
                || code == "40P01"
        }),
        _ => false,
    }
}
