//! What the database itself takes: inserts of one webhook's body, each its own durable commit, over eight connections.

use anyhow::Result;
use sqlx::postgres::PgPoolOptions;
use url::Url;

use crate::Options;
use crate::database::Fresh;
use crate::load::closed;
use crate::programs::{body, citizen};

const CONNECTIONS: u32 = 8;

/// Inserts per second.
pub async fn measure(options: &Options, owner: &Url) -> Result<f64> {
    let database = Fresh::make(owner, "bench_raw").await?;
    let patience = std::time::Duration::from_secs(30);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(patience)
        .connect(database.url.as_str())
        .await?;
    sqlx::raw_sql("CREATE TABLE bodies (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)")
        .execute(&pool)
        .await?;
    let body = body("106540352242922", &citizen(0))?;
    let rate = closed(options, async || {
        sqlx::query("INSERT INTO bodies (body) VALUES ($1)").bind(&body).execute(&pool).await?;
        Ok(())
    })
    .await?;
    pool.close().await;
    database.drop().await?;
    Ok(rate)
}
