//! What must not grow for ever: the memory of what was seen, changes that every screen has long read, what was put aside.

mod store;

use std::time::Duration;

use chrono::Duration as Days;
use tracing::debug;

use crate::App;
use crate::sending::store::forget_uploads;

const EVERY: Duration = Duration::from_hours(1);
/// WhatsApp repeats a webhook for up to seven days; the promise is thirty.
const SEEN: Days = Days::days(35);
/// A status whose message never turned up.
const EARLY_STATUSES: Days = Days::days(30);
/// A screen that was away for longer reads its lists anew.
const CHANGES: Days = Days::days(7);
/// Long enough for staff to look.
const QUARANTINE: Days = Days::days(90);
/// WhatsApp forgets our files after thirty days; what it called them is worth nothing then.
const UPLOADS: Days = Days::days(31);

/// Runs until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if let Err(error) = forget(&app).await {
            debug!(error = &error as &dyn std::error::Error, "forgetting waits: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// One round.
pub async fn forget(app: &App) -> Result<(), sqlx::Error> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("retention").await?;
    store::forget_seen(&mut tx, now - SEEN).await?;
    store::forget_early_statuses(&mut tx, now - EARLY_STATUSES).await?;
    store::forget_changes(&mut tx, now - CHANGES).await?;
    store::forget_quarantine(&mut tx, now - QUARANTINE).await?;
    forget_uploads(&mut tx, now - UPLOADS).await?;
    tx.commit().await
}
