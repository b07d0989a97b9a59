//! Changing documents: each change is one transaction with its event, its log entry, and the wish to remove what it
//! leaves behind.

use chrono::{DateTime, Duration, Utc};
use contracts::DocumentId;
use contracts::dto::ai::DocumentKind;
use contracts::events::document::{DocumentChanged, DocumentUploaded};
use platform::outbox::{AppendError, Cause, append};
use platform::{Context, Tx};
use serde_json::json;

use super::refusal::Refusal;
use super::removals;
use super::upload::Arrived;
use super::{Author, Document, Status, kind_word, store};
use crate::Server;
use crate::activity;

/// ai-service may still be reading the file that a newer one replaces.
const REPLACED_FILE_STAYS: Duration = Duration::hours(1);

/// Adds a document whose file has arrived, in the caller's transaction.
pub async fn add(server: &Server, tx: &mut Tx, author: &Author, arrived: Arrived) -> Result<Document, Refusal> {
    author.check_shared(arrived.shared)?;
    let now = server.ctx.clock.now();
    keep_file(tx, author, &arrived).await?;
    let document = Document {
        document_id: DocumentId::new(),
        office_id: author.office,
        kind: DocumentKind::Document,
        title: arrived.title,
        shared: arrived.shared,
        version: 1,
        answering_version: 0,
        status: Status::Queued,
        reason: None,
        chunks: 0,
        file: Some(arrived.file),
        updated_by: author.name.clone(),
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &document).await?;
    announce(&server.ctx, tx, &document, None).await?;
    log(tx, author, "document.uploaded", &document, now).await?;
    Ok(document)
}

/// Puts a file that has arrived in the place of the document's.
pub async fn replace(server: &Server, author: &Author, id: DocumentId, arrived: Arrived) -> Result<(), Refusal> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let before = lock_own(&mut tx, author, id).await?;
    keep_file(&mut tx, author, &arrived).await?;
    if let Some(old) = &before.file {
        removals::store::discard(&mut tx, author.office, &old.key, now + REPLACED_FILE_STAYS).await?;
    }
    let document = Document { title: arrived.title, file: Some(arrived.file), ..next(before, author, now) };
    send(&server.ctx, &mut tx, &document, None).await?;
    log(&mut tx, author, "document.replaced", &document, now).await?;
    finish(server, tx).await
}

/// Has a document read once more.
pub async fn reprocess(server: &Server, author: &Author, id: DocumentId) -> Result<(), Refusal> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let before = lock_own(&mut tx, author, id).await?;
    if before.kind != DocumentKind::Document {
        return Err(Refusal::NotFound);
    }
    let document = next(before, author, now);
    send(&server.ctx, &mut tx, &document, None).await?;
    log(&mut tx, author, "document.reprocessed", &document, now).await?;
    finish(server, tx).await
}

/// Removes a document: here now, elsewhere as soon as that answers.
pub async fn delete(server: &Server, author: &Author, id: DocumentId) -> Result<Document, Refusal> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let document = lock_own(&mut tx, author, id).await?;
    removals::store::forget(&mut tx, author.office, id, now).await?;
    if let Some(file) = &document.file {
        removals::store::discard(&mut tx, author.office, &file.key, now).await?;
    }
    store::delete(&mut tx, author.office, id).await?;
    tell(&server.ctx, &mut tx, &document, "deleted").await?;
    let action = if document.kind == DocumentKind::Faq { "faq.deleted" } else { "document.deleted" };
    log(&mut tx, author, action, &document, now).await?;
    finish(server, tx).await?;
    Ok(document)
}

/// The office's own document, locked; a shared one only for who may speak for all.
pub async fn lock_own(tx: &mut Tx, author: &Author, id: DocumentId) -> Result<Document, Refusal> {
    let document = store::lock(tx, author.office, id).await?.ok_or(Refusal::NotFound)?;
    author.check_shared(document.shared)?;
    Ok(document)
}

/// The same document with a new version that waits to be read.
pub fn next(before: Document, author: &Author, now: DateTime<Utc>) -> Document {
    Document {
        version: before.version + 1,
        status: Status::Queued,
        reason: None,
        updated_by: author.name.clone(),
        updated_at: now,
        ..before
    }
}

/// Writes a changed document and has it read. `content`: an entry's text.
pub async fn send(ctx: &Context, tx: &mut Tx, document: &Document, content: Option<String>) -> Result<(), Refusal> {
    store::update(tx, document).await?;
    announce(ctx, tx, document, content).await?;
    Ok(())
}

/// Asks ai-service to read this version.
pub async fn announce(
    ctx: &Context,
    tx: &mut Tx,
    document: &Document,
    content: Option<String>,
) -> Result<(), AppendError> {
    let uploaded = DocumentUploaded {
        document_id: document.document_id,
        key: document.file.as_ref().map(|file| file.key.clone()),
        version: document.version,
        title: Some(document.title.clone()),
        kind: Some(kind_word(document.kind).to_owned()),
        mime_type: document.file.as_ref().map(|file| file.mime_type.clone()),
        content,
        shared: document.shared,
    };
    append(ctx, tx, document.office_id, &uploaded, &Cause::none()).await?;
    tell(ctx, tx, document, document.status.as_str()).await
}

/// Tells open dashboards.
pub async fn tell(ctx: &Context, tx: &mut Tx, document: &Document, status: &str) -> Result<(), AppendError> {
    let changed = DocumentChanged {
        document_id: document.document_id,
        key: None,
        version: document.version,
        status: Some(status.to_owned()),
    };
    append(ctx, tx, document.office_id, &changed, &Cause::none()).await?;
    Ok(())
}

/// The log's row for a change.
pub async fn log(
    tx: &mut Tx,
    author: &Author,
    action: &'static str,
    document: &Document,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let details =
        json!({ "document_id": document.document_id, "version": document.version, "shared": document.shared });
    activity::store::add(tx, &author.did(action, &document.title, details), now).await
}

/// Commits, and wakes those who have something to do now.
pub async fn finish(server: &Server, tx: Tx) -> Result<(), Refusal> {
    tx.commit().await?;
    server.ctx.outbox.wake();
    server.removals.wake();
    Ok(())
}

async fn keep_file(tx: &mut Tx, author: &Author, arrived: &Arrived) -> Result<(), Refusal> {
    if removals::store::keep(tx, author.office, &arrived.key).await? { Ok(()) } else { Err(Refusal::Interrupted) }
}
