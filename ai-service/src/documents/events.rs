//! `document.uploaded`: a document or FAQ entry that staff wrote.

use async_trait::async_trait;
use contracts::events::document::{DocumentFailed, DocumentUploaded};
use platform::bus::{Delivery, Handler, HandlerError};
use platform::{inbox, outbox};

use super::{LONGEST_TITLE, Queued, Source, Upload, kind, store};
use crate::App;

const CONSUMER: &str = "documents";
/// What is called by no name.
const UNTITLED: &str = "Tanpa judul";

/// Queues documents.
#[derive(Debug, Clone)]
pub struct Uploads(pub App);

#[async_trait]
impl Handler for Uploads {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: DocumentUploaded = delivery.data()?;
        let office = delivery.office()?;
        let ctx = &self.0.ctx;
        let mut tx = ctx.db.office(office).await?;
        if !inbox::first_time(&mut tx, Some(office), CONSUMER, delivery.attributes.id).await?
            || store::is_deleted(&mut tx, office, event.document_id).await?
        {
            tx.commit().await?;
            return Ok(());
        }
        let key = event.key.as_deref().map(str::parse::<platform::storage::Key>).transpose();
        let source = match (event.content, key) {
            (Some(content), _) => Some(Source::Content(content)),
            // A key of another office's file is no key of ours.
            (None, Ok(Some(key))) if key.is_of(office) => Some(Source::Key(key)),
            _ => None,
        };
        let Some(source) = source else {
            let reason = Some("Berkas dokumen tidak ditemukan. Unggah lagi.".to_owned());
            let (document_id, key, version) = (event.document_id, event.key, event.version);
            let failed = DocumentFailed { document_id, key, version, reason };
            outbox::append(ctx, &mut tx, office, &failed, &delivery.cause()).await?;
            tx.commit().await?;
            ctx.outbox.wake();
            return Ok(());
        };
        let title = event.title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| UNTITLED.to_owned());
        let upload = Upload {
            office,
            document_id: event.document_id,
            title: title.trim().chars().take(LONGEST_TITLE).collect(),
            kind: kind(event.kind.as_deref().unwrap_or_default()),
            shared: event.shared,
            source,
            mime_type: event.mime_type,
            version: Some(event.version),
        };
        let queued = store::enqueue(&mut tx, &upload, &delivery.cause(), ctx.clock.now()).await?;
        tx.commit().await?;
        if queued == Queued::TooLate {
            tracing::info!(version = event.version, "an upload came after a newer one");
        }
        self.0.documents.wake();
        Ok(())
    }
}
