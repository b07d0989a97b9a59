//! Whether a document that waits is being read already: no event says so, so ai-service is asked.
//!
//! Only for staff who look on; nothing depends on it, and whoever is away is asked again later.

use std::time::Duration as Pause;

use chrono::Duration;
use contracts::dto::ai::DocumentState;
use platform::http::client::Call;
use tracing::debug;

use super::{change, store};
use crate::Server;

const POLL: Pause = Pause::from_secs(2);
/// What is read at once never gets here.
const AFTER: Duration = Duration::seconds(2);
/// What waits for longer waits for something else.
const UNTIL: Duration = Duration::hours(6);
/// Asked at a time.
const MOST: i64 = 10;

/// Asks until the stop.
pub async fn run(server: Server) -> anyhow::Result<()> {
    let shutdown = server.ctx.tasks.shutdown().clone();
    loop {
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
        if let Err(error) = look(&server).await {
            debug!(error = &error as &dyn std::error::Error, "nobody knows how far documents are");
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum NotKnown {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Call(#[from] platform::http::client::CallError),
    #[error(transparent)]
    Event(#[from] platform::outbox::AppendError),
}

async fn look(server: &Server) -> Result<(), NotKnown> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.all_offices("documents that wait").await?;
    let waiting = store::waiting(&mut tx, now - AFTER, now - UNTIL, MOST).await?;
    tx.commit().await?;
    for (office, id, version) in waiting {
        let state: DocumentState = server.ai.get(&format!("/internal/documents/{id}"), &Call::office(office)).await?;
        if state.status != "processing" {
            continue;
        }
        let mut tx = server.ctx.db.office(office).await?;
        if store::begin(&mut tx, office, id, version, now).await?
            && let Some(document) = store::find(&mut tx, office, id).await?
        {
            change::tell(&server.ctx, &mut tx, &document, document.status.as_str()).await?;
        }
        tx.commit().await?;
        server.ctx.outbox.wake();
    }
    Ok(())
}
