//! `document.processed` and `document.failed`: how far ai-service has come with a version.
//!
//! A version is settled once and only upwards; an event that comes late, twice, or for a document that is gone changes
//! nothing. The passages are fetched before the transaction, so that no row is locked while another service answers.

use async_trait::async_trait;
use contracts::dto::ai::{DocumentChunk, DocumentKind};
use contracts::events::document::{DocumentFailed, DocumentProcessed};
use contracts::{DocumentId, OfficeId};
use platform::bus::{Delivery, Handler, HandlerError};
use platform::inbox;
use tracing::warn;

use super::store::{self, Outcome};
use super::{Document, change, chunks};
use crate::Server;

/// The name in the inbox.
const CONSUMER: &str = "documents";
/// What staff read when ai-service gives no reason.
const NO_REASON: &str = "Dokumen tidak dapat dibaca.";
/// The longest reason that is kept.
const LONGEST_REASON: usize = 500;

/// A version is searchable.
#[derive(Debug)]
pub struct Processed(pub Server);

/// A version can't be read.
#[derive(Debug)]
pub struct Failed(pub Server);

#[async_trait]
impl Handler for Processed {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: DocumentProcessed = delivery.data()?;
        let office = delivery.office()?;
        let read = match own(&self.0, office, event.document_id).await? {
            Some(document) if document.kind == DocumentKind::Document && document.answering_version < event.version => {
                match chunks::fetch(&self.0, office, event.document_id).await {
                    Ok(read) => Some(read),
                    Err(error) if error.is_unavailable() => return Err(error.into()),
                    // It is searchable all the same; staff only can't read how.
                    Err(error) => {
                        warn!(error = &error as &dyn std::error::Error, "a document's passages can't be read");
                        None
                    }
                }
            }
            _ => None,
        };
        // A newer version's passages come with its own event.
        let read = read.filter(|read| read.iter().all(|chunk| chunk.version == event.version));
        let chunks = i32::try_from(event.chunks).unwrap_or(i32::MAX);
        settle(&self.0, delivery, event.document_id, event.version, Outcome::Ready { chunks }, read).await
    }
}

#[async_trait]
impl Handler for Failed {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: DocumentFailed = delivery.data()?;
        let reason = event.reason.unwrap_or_else(|| NO_REASON.to_owned()).replace('\0', "");
        let reason: String = reason.chars().take(LONGEST_REASON).collect();
        settle(&self.0, delivery, event.document_id, event.version, Outcome::Failed { reason: &reason }, None).await
    }
}

async fn own(server: &Server, office: OfficeId, id: DocumentId) -> Result<Option<Document>, sqlx::Error> {
    let mut tx = server.ctx.db.office(office).await?;
    let document = store::find(&mut tx, office, id).await?;
    tx.commit().await?;
    Ok(document.filter(|document| document.office_id == office))
}

/// The state, the passages, the news for open dashboards and the note in the inbox, in one transaction.
async fn settle(
    server: &Server,
    delivery: &Delivery,
    id: DocumentId,
    version: i64,
    outcome: Outcome<'_>,
    read: Option<Vec<DocumentChunk>>,
) -> Result<(), HandlerError> {
    let office = delivery.office()?;
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(office).await?;
    if inbox::first_time(&mut tx, Some(office), CONSUMER, delivery.attributes.id).await?
        && let Some(document) = store::lock(&mut tx, office, id).await?
        && let Some(status) = store::settle(&mut tx, office, id, version, outcome, now).await?
    {
        if let Some(read) = read.filter(|_| document.kind == DocumentKind::Document) {
            store::replace_chunks(&mut tx, &document, &read).await?;
        }
        change::tell(&server.ctx, &mut tx, &document, status.as_str()).await?;
    }
    tx.commit().await?;
    server.ctx.outbox.wake();
    Ok(())
}
