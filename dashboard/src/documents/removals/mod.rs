//! Removing elsewhere what was removed here: documents from ai-service's search, files from the storage.
//!
//! The wish is a row, written in the transaction of the change; this worker fulfils it, and a service that is away only
//! makes it wait. A file is wished away before it is written and kept by the transaction that makes it a document's, so
//! that no upload that broke off stays behind.

pub mod store;

use std::sync::Arc;
use std::time::Duration as Pause;

use chrono::Duration;
use contracts::{DocumentId, OfficeId};
use platform::http::client::{Call, CallError};
use platform::storage::StorageError;
use tokio::sync::Notify;
use tracing::{debug, info, warn};
use uuid::Uuid;

use crate::Server;

/// How often to look for what nobody woke us for.
const POLL: Pause = Pause::from_secs(1);
/// Longer than any try takes.
const CLAIM: Duration = Duration::minutes(2);
/// Tries of one round.
const ROUND: i64 = 20;
/// The first pause after a failure; it doubles…
const PAUSE_SECONDS: i64 = 2;
/// …up to this.
const LONGEST_PAUSE_SECONDS: i64 = 5 * 60;

/// What is to be removed.
#[derive(Debug, Clone)]
pub struct Removal {
    pub id: Uuid,
    pub office: OfficeId,
    pub what: What,
    pub tries: i32,
}

/// Where it is.
#[derive(Debug, Clone)]
pub enum What {
    /// In ai-service's search.
    Document(DocumentId),
    /// In the storage, under this key.
    File(String),
}

/// Why a removal has to wait.
#[derive(Debug, thiserror::Error)]
enum NotRemoved {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Tells the worker that there is something to remove. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// To be called after the commit.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Removes what is due, until the stop.
pub async fn run(server: Server) -> anyhow::Result<()> {
    let shutdown = server.ctx.tasks.shutdown().clone();
    loop {
        match round(&server).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => debug!(error = &error as &dyn std::error::Error, "removals wait: the database is away"),
        }
        tokio::select! {
            () = server.removals.0.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

/// Tries what is due. `true`: there was as much as fits; look again at once.
async fn round(server: &Server) -> Result<bool, sqlx::Error> {
    let (db, clock) = (&server.ctx.db, &server.ctx.clock);
    let now = clock.now();
    let mut tx = db.all_offices("remove what is due").await?;
    let due = store::claim(&mut tx, now, now + CLAIM, ROUND).await?;
    tx.commit().await?;
    let full = i64::try_from(due.len()).is_ok_and(|count| count == ROUND);
    for removal in due {
        let outcome = remove(server, &removal).await;
        let mut tx = db.all_offices("remove what is due").await?;
        match outcome {
            Ok(()) => {
                info!(what = ?removal.what, "removed");
                store::done(&mut tx, removal.id).await?;
            }
            Err(error) => {
                warn!(what = ?removal.what, tries = removal.tries + 1, error = &error as &dyn std::error::Error, "not removed yet");
                store::later(&mut tx, removal.id, &error.to_string(), clock.now(), pause(removal.tries)).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(full)
}

async fn remove(server: &Server, removal: &Removal) -> Result<(), NotRemoved> {
    match &removal.what {
        What::Document(id) => {
            let path = format!("/internal/documents/{id}");
            let removed = server.ai.delete::<serde::de::IgnoredAny>(&path, &Call::office(removal.office)).await;
            match removed {
                Ok(_) => Ok(()),
                // What it never knew, or has forgotten already.
                Err(error) if matches!(error.status(), Some(404 | 410)) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
        What::File(key) => match key.parse() {
            Ok(key) => Ok(server.storage.delete(&key).await?),
            // A row that names no file of ours has nothing to remove.
            Err(_) => Ok(()),
        },
    }
}

fn pause(tries: i32) -> Duration {
    let doubled = PAUSE_SECONDS << tries.clamp(0, 10);
    Duration::seconds(doubled.min(LONGEST_PAUSE_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let seconds = [0, 1, 2, 7, 8, 1_000_000].map(|tries| pause(tries).num_seconds());
        assert_eq!(seconds, [2, 4, 8, 256, 300, 300]);
    }
}
