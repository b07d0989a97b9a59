//! Blocked citizens: what they write is kept and seen, but opens no turn. A block has a reason, a person behind it, and
//! an end if one was set.

pub mod http;
pub mod store;

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use platform::outbox::{AppendError, Cause};
use tracing::debug;

use crate::App;
use crate::conversations::store as conversations;

const EVERY: Duration = Duration::from_secs(5);

/// Who of these is blocked now.
pub async fn blocked(
    tx: &mut Tx,
    people: &[(OfficeId, ContactId)],
    now: DateTime<Utc>,
) -> Result<HashSet<ContactId>, sqlx::Error> {
    if people.is_empty() { Ok(HashSet::new()) } else { store::blocked(tx, people, now).await }
}

/// Lifts blocks whose time is over, until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if let Err(error) = tick(&app).await {
            debug!(error = &error as &dyn std::error::Error, "blocks wait: the database is away");
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
    let mut tx = app.ctx.db.all_offices("blocks that are over").await?;
    let over = store::expire(&mut tx, now).await?;
    tx.commit().await?;
    for (office, contact) in over {
        let mut tx = app.ctx.db.office(office).await?;
        tell(app, &mut tx, office, contact).await?;
        tx.commit().await?;
        app.ctx.outbox.wake();
    }
    Ok(())
}

/// Tells screens that the citizen's conversations look different now.
async fn tell(app: &App, tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<(), AppendError> {
    for id in conversations::of_contact(tx, office, contact).await? {
        conversations::changed(&app.ctx, tx, office, id, &Cause::none()).await?;
    }
    Ok(())
}
