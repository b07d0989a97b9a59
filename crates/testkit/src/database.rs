//! A database per test, copied from a template that is migrated once.

use platform::Db;
use platform::config::DatabaseUrl;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use uuid::Uuid;

use crate::{servers, tear_down};

/// A database of this test alone, dropped with it.
#[derive(Debug)]
pub struct TestDb {
    pub db: Db,
    pub url: DatabaseUrl,
    name: String,
}

/// A fresh database with the service's tables, owned by a role that is no superuser.
pub async fn fresh(migrator: &Migrator) -> TestDb {
    let template = template(migrator).await;
    let name = format!("test_{}", Uuid::now_v7().simple());
    let mut server = connect("postgres").await;
    execute(&mut server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let url = servers::database_url(&name);
    let db = Db::from_url(&url, 8).unwrap_or_else(|error| panic!("no pool: {error}"));
    db.assume_migrated();
    TestDb { db, url, name }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        tear_down::run(async move {
            if let Ok(mut server) = PgConnection::connect(servers::database_url("postgres").expose()).await {
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut server).await;
            }
        });
    }
}

/// The template for these migrations; made under a lock by whoever comes first.
async fn template(migrator: &Migrator) -> String {
    let mut server = connect("postgres").await;
    // FNV-1a over the checksums: other migrations, another template.
    let hash = migrator
        .iter()
        .flat_map(|migration| migration.checksum.iter())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let name = format!("template_{hash:016x}");
    let lock = i64::from_ne_bytes(hash.to_ne_bytes());
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(lock)
        .execute(&mut server)
        .await
        .unwrap_or_else(|e| panic!("no lock: {e}"));
    let there = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut server)
        .await
        .unwrap_or_else(|error| panic!("the test server does not answer: {error}"));
    if there.is_none() {
        // Under another name until it is whole: a run that is killed here leaves no half template.
        let draft = format!("draft_{}", Uuid::now_v7().simple());
        execute(&mut server, format!("CREATE DATABASE {draft}")).await;
        let mut database = connect(&draft).await;
        migrator.run(&mut database).await.unwrap_or_else(|error| panic!("the migrations fail: {error}"));
        let _ = database.close().await;
        execute(&mut server, format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    // Closing the connection frees the lock.
    let _ = server.close().await;
    name
}

async fn connect(database: &str) -> PgConnection {
    PgConnection::connect(servers::database_url(database).expose())
        .await
        .unwrap_or_else(|error| panic!("the test server does not answer ({error}): run `cargo xtask setup`"))
}

async fn execute(connection: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The second wall stands: the role is no superuser and bypasses nothing, every table forces row-level security and
/// has a policy, and a connection that says no office sees no row.
pub async fn assert_walls(db: &Db) {
    let pool = db.pool();
    let role =
        sqlx::query("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetch_one(pool).await;
    assert!(!role.unwrap_or_else(|e| panic!("{e}")).get::<bool, _>(0), "the role must be NOSUPERUSER NOBYPASSRLS");

    let tables = sqlx::query(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
                EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> '_sqlx_migrations' ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap_or_else(|error| panic!("{error}"));
    assert!(!tables.is_empty(), "there are tables");
    for table in tables {
        let name: String = table.get(0);
        assert!(table.get::<bool, _>(1), "{name} must ENABLE and FORCE row-level security");
        assert!(table.get::<bool, _>(2), "{name} must have a policy");
        let seen = sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {name}"))).fetch_one(pool).await;
        assert_eq!(
            seen.unwrap_or_else(|e| panic!("{name}: {e}")).get::<i64, _>(0),
            0,
            "{name} shows rows without an office"
        );
    }
}
