//! After an update that changes terms or vectors: indexes anew what an older program indexed, a little at a time.
//!
//! Until a passage's turn has come it is still found by the terms that did not change. Also forgets old deletions.

use std::time::Duration;

use uuid::Uuid;

use super::store;
use crate::App;
use crate::embedding::{self, builtin};
use crate::knowledge::passage;

/// Passages in one transaction.
const BATCH: i64 = 50;
/// How often to look when all are of the present make.
const EVERY: Duration = Duration::from_hours(1);

/// Runs for the life of the process.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let stop = app.ctx.tasks.shutdown().clone();
    while !stop.is_cancelled() {
        if let Err(error) = all(&app).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "passages stay as they are for now: the database is away"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Indexes all stale passages; how many there were.
pub async fn all(app: &App) -> Result<usize, sqlx::Error> {
    let embedder = builtin::name();
    let (mut after, mut done) = (Uuid::nil(), 0);
    let mut tx = app.ctx.db.all_offices("old deletions are forgotten in every office").await?;
    store::prune(&mut tx, app.ctx.clock.now()).await?;
    tx.commit().await?;
    while !app.ctx.tasks.shutdown().is_cancelled() {
        let mut tx = app.ctx.db.all_offices("passages of every office are indexed anew").await?;
        let stale = store::stale(&mut tx, &embedder, after, BATCH).await?;
        let Some(last) = stale.last() else { break };
        after = last.chunk_id;
        for one in &stale {
            let indexed = passage::index(&one.title, one.heading.as_deref(), one.question.as_deref(), &one.content);
            let vector = embedding::literal(&indexed.vector).unwrap_or_default();
            store::reindex(&mut tx, one, &indexed, &vector, &embedder).await?;
        }
        tx.commit().await?;
        done += stale.len();
    }
    if done > 0 {
        tracing::info!(passages = done, "indexed anew");
    }
    Ok(done)
}
