//! Changing FAQ entries: each change is one transaction with its event and its log entry.

use contracts::DocumentId;
use contracts::dto::ai::DocumentKind;
use platform::Tx;

use super::{Entry, Text, store};
use crate::Server;
use crate::documents::change::{announce, finish, lock_own, log, next, send, tell};
use crate::documents::refusal::Refusal;
use crate::documents::{self, Author, Document, Status, removals};

/// Adds an entry, in the caller's transaction.
pub async fn add(server: &Server, tx: &mut Tx, author: &Author, text: Text) -> Result<Entry, Refusal> {
    let text = text.checked()?;
    author.check_shared(text.shared)?;
    let now = server.ctx.clock.now();
    let document = Document {
        document_id: DocumentId::new(),
        office_id: author.office,
        kind: DocumentKind::Faq,
        title: text.question.clone(),
        shared: text.shared,
        version: 1,
        answering_version: 0,
        status: Status::Queued,
        reason: None,
        chunks: 0,
        file: None,
        updated_by: author.name.clone(),
        created_at: now,
        updated_at: now,
    };
    documents::store::insert(tx, &document).await?;
    store::write(tx, author.office, document.document_id, &text).await?;
    announce(&server.ctx, tx, &document, Some(text.answer.clone())).await?;
    log(tx, author, "faq.created", &document, now).await?;
    Ok(entry(document, text))
}

/// Writes an entry that still has the version that the author saw.
pub async fn save(server: &Server, author: &Author, id: DocumentId, version: i64, text: Text) -> Result<(), Refusal> {
    let text = text.checked()?;
    author.check_shared(text.shared)?;
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let before = lock_entry(&mut tx, author, id).await?;
    if before.version != version {
        return Err(Refusal::Changed);
    }
    let retired = before.status == Status::Retired;
    let document = Document { title: text.question.clone(), shared: text.shared, ..next(before, author, now) };
    store::write(&mut tx, author.office, id, &text).await?;
    if retired {
        // It is written, and read when it comes back into use.
        let document = Document { status: Status::Retired, ..document };
        documents::store::update(&mut tx, &document).await?;
        log(&mut tx, author, "faq.changed", &document, now).await?;
    } else {
        send(&server.ctx, &mut tx, &document, Some(text.answer)).await?;
        log(&mut tx, author, "faq.changed", &document, now).await?;
    }
    finish(server, tx).await
}

/// Takes an entry out of use; its text stays.
pub async fn retire(server: &Server, author: &Author, id: DocumentId) -> Result<(), Refusal> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let before = lock_entry(&mut tx, author, id).await?;
    if before.status == Status::Retired {
        return Ok(());
    }
    let document = Document { status: Status::Retired, ..next(before, author, now) };
    documents::store::update(&mut tx, &document).await?;
    removals::store::forget(&mut tx, author.office, id, now).await?;
    tell(&server.ctx, &mut tx, &document, document.status.as_str()).await?;
    log(&mut tx, author, "faq.retired", &document, now).await?;
    finish(server, tx).await
}

/// Puts an entry back into use, under a new id: what was forgotten under the old one stays forgotten, in whatever order
/// the two arrive.
pub async fn restore(server: &Server, author: &Author, id: DocumentId) -> Result<DocumentId, Refusal> {
    let now = server.ctx.clock.now();
    let mut tx = server.ctx.db.office(author.office).await?;
    let before = lock_entry(&mut tx, author, id).await?;
    if before.status != Status::Retired {
        return Ok(id);
    }
    let fresh = DocumentId::new();
    documents::store::rename(&mut tx, author.office, id, fresh).await?;
    let entry = store::find(&mut tx, author.office, fresh).await?.ok_or(Refusal::NotFound)?;
    let document = Document { document_id: fresh, answering_version: 0, ..next(before, author, now) };
    send(&server.ctx, &mut tx, &document, Some(entry.answer)).await?;
    log(&mut tx, author, "faq.restored", &document, now).await?;
    finish(server, tx).await?;
    Ok(fresh)
}

async fn lock_entry(tx: &mut Tx, author: &Author, id: DocumentId) -> Result<Document, Refusal> {
    let document = lock_own(tx, author, id).await?;
    if document.kind == DocumentKind::Faq { Ok(document) } else { Err(Refusal::NotFound) }
}

fn entry(document: Document, text: Text) -> Entry {
    Entry {
        document_id: document.document_id,
        office_id: document.office_id,
        question: text.question,
        answer: text.answer,
        kategori: text.kategori,
        shared: text.shared,
        version: document.version,
        status: document.status,
        reason: document.reason,
        updated_by: document.updated_by,
        created_at: document.created_at,
        updated_at: document.updated_at,
    }
}
