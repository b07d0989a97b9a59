//! How turns ended. A complaint that was made in a turn is told only if the turn did not tell it.
//!
//! `complaint.created` and `turn.closed` come in any order: whichever is first leaves a note for the other, under a lock
//! of the turn, so that they can't miss each other.

pub mod store;

use std::time::Duration;

use contracts::events::turn::{TurnClosed, TurnOutcome};
use platform::bus::{Delivery, Handler, HandlerError};
use tracing::warn;

use crate::App;
use crate::notifications::Status;

/// Notes are kept this long: `complaint.created` may come late after an outage.
const KEEP_DAYS: i64 = 14;
/// How often old notes are thrown away.
const TIDY_EVERY: Duration = Duration::from_mins(10);

/// Hears `turn.closed`. Handling it twice changes nothing.
#[derive(Debug, Clone)]
pub struct Turns(pub App);

#[async_trait::async_trait]
impl Handler for Turns {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: TurnClosed = delivery.data()?;
        let office = delivery.office()?;
        let app = &self.0;
        let now = app.ctx.clock.now();
        let (next, reason) = match event.outcome {
            TurnOutcome::Replied => (Status::Silent, Some("told in the conversation")),
            TurnOutcome::Refused | TurnOutcome::HandedOff | TurnOutcome::Expired => (Status::Pending, None),
        };
        let mut tx = app.ctx.db.office(office).await?;
        store::note(&mut tx, office, event.turn_id, event.outcome, now).await?;
        let released = store::release(&mut tx, office, event.turn_id, next, reason, now).await?;
        tx.commit().await?;
        if released {
            app.wake();
        }
        Ok(())
    }
}

/// Throws old notes away until the stop.
pub async fn tidy(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if let Err(error) = store::forget(&app.ctx.db, app.ctx.clock.now()).await {
            warn!(error = &error as &dyn std::error::Error, "tidying waits: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(TIDY_EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}
