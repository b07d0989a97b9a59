//! The spool: where webhooks wait in PostgreSQL while the broker is away.

use std::collections::BTreeMap;
use std::time::Duration;

use platform::Tx;
use platform::bus::Outgoing;
use tracing::{info, warn};

use crate::App;

/// How often the rescue job looks.
const POLL: Duration = Duration::from_millis(500);
/// Bodies per look.
const BATCH: i64 = 100;

struct Spooled {
    id: i64,
    routing_key: String,
    headers: serde_json::Value,
    body: Vec<u8>,
}

/// Keeps a body.
pub async fn keep(app: &App, outgoing: &Outgoing) -> Result<(), sqlx::Error> {
    let headers =
        serde_json::to_value(outgoing.headers.iter().cloned().collect::<BTreeMap<_, _>>()).unwrap_or_default();
    let mut tx = app.ctx.db.all_offices("spooling a webhook").await?;
    sqlx::query!(
        "INSERT INTO webhook_spool (routing_key, headers, body) VALUES ($1, $2, $3)",
        outgoing.routing_key,
        headers,
        &outgoing.body[..],
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Moves what is spooled to the queue, until the stop.
pub async fn rescue(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if app.ctx.bus.is_up() {
            match round(&app).await {
                Ok(0) => {}
                Ok(moved) => {
                    info!(moved, "webhooks moved from the spool to the queue");
                    continue;
                }
                Err(error) => warn!(error = format!("{error:#}"), "the spool waits"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// Moves one batch; the rows go when the broker has confirmed. Several instances share the work.
pub async fn round(app: &App) -> anyhow::Result<usize> {
    let mut tx = app.ctx.db.all_offices("rescuing webhooks").await?;
    let mut moved = Vec::new();
    for row in take(&mut tx).await? {
        let headers: BTreeMap<String, String> = serde_json::from_value(row.headers)?;
        let outgoing = Outgoing {
            routing_key: row.routing_key,
            headers: headers.into_iter().collect(),
            body: row.body.into(),
            mandatory: true,
        };
        // What is confirmed is deleted even if a later one fails.
        match tokio::time::timeout(Duration::from_secs(5), app.ctx.bus.publish(&outgoing)).await {
            Ok(Ok(())) => moved.push(row.id),
            _ => break,
        }
    }
    if !moved.is_empty() {
        sqlx::query!("DELETE FROM webhook_spool WHERE id = ANY($1)", &moved).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(moved.len())
}

async fn take(tx: &mut Tx) -> Result<Vec<Spooled>, sqlx::Error> {
    sqlx::query_as!(
        Spooled,
        "SELECT id, routing_key, headers, body FROM webhook_spool ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
        BATCH,
    )
    .fetch_all(&mut **tx)
    .await
}
