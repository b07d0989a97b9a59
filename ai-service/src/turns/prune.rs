//! Forgets turns that no redelivery or repeated call can ask for any more.

use std::time::Duration;

use super::store;
use crate::App;

/// How often to look.
const EVERY: Duration = Duration::from_hours(1);

/// Runs for the life of the process.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    while !app.ctx.tasks.shutdown().is_cancelled() {
        if let Err(error) = once(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old turns stay for now: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => {}
        }
    }
    Ok(())
}

/// One look.
pub async fn once(app: &App) -> Result<(), sqlx::Error> {
    let mut tx = app.ctx.db.all_offices("old turns are forgotten in every office").await?;
    let pruned = store::prune(&mut tx, app.ctx.clock.now()).await?;
    crate::complaints::store::prune(&mut tx, app.ctx.clock.now()).await?;
    tx.commit().await?;
    tracing::debug!(pruned, "old turns forgotten");
    Ok(())
}
