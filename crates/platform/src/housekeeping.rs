//! What must not grow for ever: inbox, idempotent answers, settled dead letters.

use std::time::Duration;

use tracing::warn;

use crate::Context;

const EVERY: Duration = Duration::from_mins(10);

/// Cleans until the stop.
pub async fn run(ctx: Context) -> anyhow::Result<()> {
    ctx.db.migrated().await;
    loop {
        if let Err(error) = clean(&ctx).await {
            warn!(error = &error as &dyn std::error::Error, "housekeeping waits: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// One round.
pub async fn clean(ctx: &Context) -> Result<(), sqlx::Error> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.all_offices("housekeeping").await?;
    // WhatsApp repeats a webhook for up to seven days; thirty is comfortable.
    sqlx::query!("DELETE FROM inbox WHERE handled_at < $1", now - chrono::Duration::days(30)).execute(&mut *tx).await?;
    sqlx::query!("DELETE FROM idempotency WHERE created_at < $1", now - chrono::Duration::hours(24))
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "DELETE FROM dead_letters WHERE state <> 'dead' AND settled_at < $1",
        now - chrono::Duration::days(90)
    )
    .execute(&mut *tx)
    .await?;
    let dead = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM dead_letters WHERE state = 'dead'"#)
        .fetch_one(&mut *tx)
        .await?;
    ctx.metrics.dead_letters.set(dead);
    tx.commit().await
}
