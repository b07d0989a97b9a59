//! A holder who says nothing for too long is warned, and then loses the conversation to the bot.

use std::time::Duration;

use platform::outbox::{AppendError, Cause};
use tracing::{debug, info};

use super::{lease, store};
use crate::App;
use crate::conversations::store as conversations;

const EVERY: Duration = Duration::from_secs(1);

/// Runs until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if let Err(error) = tick(&app).await {
            debug!(error = &error as &dyn std::error::Error, "takeover expiry waits: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// One look.
pub async fn tick(app: &App) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("takeover expiry").await?;
    let expired = store::expired(&mut tx, now).await?;
    let to_warn = store::to_warn(&mut tx, now).await?;
    tx.commit().await?;
    for (office, id) in to_warn {
        let mut tx = app.ctx.db.office(office).await?;
        let Some(conversation) = conversations::lock(&mut tx, office, id).await? else { continue };
        if store::warn(&mut tx, office, conversation.id, now).await? {
            conversations::changed(&app.ctx, &mut tx, office, conversation.id, &Cause::none()).await?;
            tx.commit().await?;
            app.ctx.outbox.wake();
            debug!(conversation = %id, "a holder is warned: their takeover ends by silence soon");
        }
    }
    for (office, id) in expired {
        let mut tx = app.ctx.db.office(office).await?;
        let Some(conversation) = conversations::lock(&mut tx, office, id).await? else { continue };
        if store::is_expired(&mut tx, office, id, now).await? {
            lease::end(app, &mut tx, office, &conversation, "system:silence", Some("no word for too long"), now)
                .await?;
            tx.commit().await?;
            app.metrics.takeovers.with_label_values(&["silence"]).inc();
            app.ctx.outbox.wake();
            info!(conversation = %id, "a takeover ended by silence");
        }
    }
    Ok(())
}
