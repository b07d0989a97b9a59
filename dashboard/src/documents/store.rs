//! All SQL of documents and of the passages that were read from them.

use chrono::{DateTime, Utc};
use contracts::dto::ai::{DocumentChunk, DocumentKind};
use contracts::{DocumentId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::{Document, File, Status, kind_word};

struct Row {
    document_id: Uuid,
    office_id: Uuid,
    kind: String,
    title: String,
    shared: bool,
    version: i64,
    answering_version: i64,
    status: String,
    reason: Option<String>,
    chunks: i32,
    key: Option<String>,
    file_name: Option<String>,
    mime_type: Option<String>,
    size: Option<i64>,
    updated_by: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Document {
    fn from(row: Row) -> Self {
        let file = match (row.key, row.file_name, row.mime_type, row.size) {
            (Some(key), Some(name), Some(mime_type), Some(size)) => Some(File { key, name, mime_type, size }),
            _ => None,
        };
        Self {
            document_id: DocumentId(row.document_id),
            office_id: OfficeId(row.office_id),
            kind: if row.kind == kind_word(DocumentKind::Faq) { DocumentKind::Faq } else { DocumentKind::Document },
            title: row.title,
            shared: row.shared,
            version: row.version,
            answering_version: row.answering_version,
            // A check constraint knows no other words.
            status: Status::from_word(&row.status).unwrap_or(Status::Queued),
            reason: row.reason,
            chunks: row.chunks,
            file,
            updated_by: row.updated_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A document of the office, or one that another office shares.
pub async fn find(tx: &mut Tx, office: OfficeId, id: DocumentId) -> Result<Option<Document>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT document_id, office_id, kind, title, shared, version, answering_version, status, reason, chunks,
                key, file_name, mime_type, size, updated_by, created_at, updated_at
         FROM knowledge_documents WHERE document_id = $1 AND (office_id = $2 OR shared)",
        id.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Document::from))
}

/// A document of the office alone, its row locked so that versions rise one by one.
pub async fn lock(tx: &mut Tx, office: OfficeId, id: DocumentId) -> Result<Option<Document>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT document_id, office_id, kind, title, shared, version, answering_version, status, reason, chunks,
                key, file_name, mime_type, size, updated_by, created_at, updated_at
         FROM knowledge_documents WHERE document_id = $1 AND office_id = $2 FOR UPDATE",
        id.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Document::from))
}

/// The office's documents (not FAQ entries) and what others share, the newest first, after the given one.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    words: Option<&str>,
    after: Option<DocumentId>,
    limit: usize,
) -> Result<Vec<Document>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT document_id, office_id, kind, title, shared, version, answering_version, status, reason, chunks,
                key, file_name, mime_type, size, updated_by, created_at, updated_at
         FROM knowledge_documents
         WHERE kind = 'document' AND (office_id = $1 OR shared)
           AND ($2::text IS NULL OR position(lower($2) IN lower(title)) > 0 OR position(lower($2) IN lower(file_name)) > 0)
           AND ($3::uuid IS NULL OR document_id < $3)
         ORDER BY document_id DESC LIMIT $4",
        office.0,
        words,
        after.map(|id| id.0),
        rows(limit),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(found.into_iter().map(Document::from).collect())
}

/// A number of rows as SQL takes it.
pub fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Adds a document as it is.
pub async fn insert(tx: &mut Tx, document: &Document) -> Result<(), sqlx::Error> {
    let file = document.file.as_ref();
    sqlx::query!(
        "INSERT INTO knowledge_documents (document_id, office_id, kind, title, shared, version, status, key, file_name,
                                          mime_type, size, updated_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        document.document_id.0,
        document.office_id.0,
        kind_word(document.kind),
        document.title,
        document.shared,
        document.version,
        document.status.as_str(),
        file.map(|file| file.key.as_str()),
        file.map(|file| file.name.as_str()),
        file.map(|file| file.mime_type.as_str()),
        file.map(|file| file.size),
        document.updated_by,
        document.created_at,
        document.updated_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes what staff may change of a locked document; what answers come from stays until the new text is read.
pub async fn update(tx: &mut Tx, document: &Document) -> Result<(), sqlx::Error> {
    let file = document.file.as_ref();
    sqlx::query!(
        "UPDATE knowledge_documents
         SET title = $3, shared = $4, version = $5, status = $6, reason = $7, key = $8, file_name = $9, mime_type = $10,
             size = $11, updated_by = $12, updated_at = $13
         WHERE document_id = $1 AND office_id = $2",
        document.document_id.0,
        document.office_id.0,
        document.title,
        document.shared,
        document.version,
        document.status.as_str(),
        document.reason,
        file.map(|file| file.key.as_str()),
        file.map(|file| file.name.as_str()),
        file.map(|file| file.mime_type.as_str()),
        file.map(|file| file.size),
        document.updated_by,
        document.updated_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a document out of use or back into it, under an id that ai-service has (not) met.
pub async fn rename(tx: &mut Tx, office: OfficeId, from: DocumentId, to: DocumentId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE knowledge_documents SET document_id = $3, settled_version = 0, answering_version = 0, chunks = 0
         WHERE document_id = $1 AND office_id = $2",
        from.0,
        office.0,
        to.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a document, its entry and its passages.
pub async fn delete(tx: &mut Tx, office: OfficeId, id: DocumentId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM knowledge_documents WHERE document_id = $1 AND office_id = $2", id.0, office.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What ai-service said about a version.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    Ready { chunks: i32 },
    Failed { reason: &'a str },
}

/// Settles a version: only a higher one than before counts, and only the newest one decides the status. Gives the
/// status afterwards; `None`: it came too late, or there is no such document.
pub async fn settle(
    tx: &mut Tx,
    office: OfficeId,
    id: DocumentId,
    version: i64,
    outcome: Outcome<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Status>, sqlx::Error> {
    let word = match outcome {
        Outcome::Ready { chunks } => {
            sqlx::query_scalar!(
                "UPDATE knowledge_documents
                 SET settled_version = $3, answering_version = $3, chunks = $4, updated_at = $5,
                     status = CASE WHEN version <= $3 AND status <> 'retired' THEN 'ready' ELSE status END,
                     reason = CASE WHEN version <= $3 THEN NULL ELSE reason END
                 WHERE document_id = $1 AND office_id = $2 AND settled_version < $3 RETURNING status",
                id.0,
                office.0,
                version,
                chunks,
                now,
            )
            .fetch_optional(&mut **tx)
            .await?
        }
        Outcome::Failed { reason } => {
            sqlx::query_scalar!(
                "UPDATE knowledge_documents
                 SET settled_version = $3, updated_at = $5,
                     status = CASE WHEN version <= $3 AND status <> 'retired' THEN 'failed' ELSE status END,
                     reason = CASE WHEN version <= $3 AND status <> 'retired' THEN $4 ELSE reason END
                 WHERE document_id = $1 AND office_id = $2 AND settled_version < $3 RETURNING status",
                id.0,
                office.0,
                version,
                reason,
                now,
            )
            .fetch_optional(&mut **tx)
            .await?
        }
    };
    Ok(word.as_deref().and_then(Status::from_word))
}

/// Notes that ai-service reads this version now. `false`: it is further than that.
pub async fn begin(
    tx: &mut Tx,
    office: OfficeId,
    id: DocumentId,
    version: i64,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let begun = sqlx::query!(
        "UPDATE knowledge_documents SET status = 'processing', updated_at = $4
         WHERE document_id = $1 AND office_id = $2 AND version = $3 AND status = 'queued'",
        id.0,
        office.0,
        version,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// Documents that wait to be read since before `since`, of all offices.
pub async fn waiting(
    tx: &mut Tx,
    since: DateTime<Utc>,
    not_before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(OfficeId, DocumentId, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT office_id, document_id, version FROM knowledge_documents
         WHERE status = 'queued' AND updated_at < $1 AND updated_at > $2 ORDER BY updated_at LIMIT $3",
        since,
        not_before,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), DocumentId(row.document_id), row.version)).collect())
}

/// Puts these passages in the place of the former ones.
pub async fn replace_chunks(tx: &mut Tx, document: &Document, chunks: &[DocumentChunk]) -> Result<(), sqlx::Error> {
    let (id, office) = (document.document_id.0, document.office_id.0);
    sqlx::query!("DELETE FROM document_chunks WHERE document_id = $1 AND office_id = $2", id, office)
        .execute(&mut **tx)
        .await?;
    // PostgreSQL takes no NUL in a text.
    let plain = |text: &str| text.replace('\0', "");
    for some in chunks.chunks(500) {
        let positions: Vec<i32> = some.iter().map(|chunk| chunk.position).collect();
        let versions: Vec<i64> = some.iter().map(|chunk| chunk.version).collect();
        let ids: Vec<String> = some.iter().map(|chunk| plain(&chunk.chunk_id)).collect();
        let headings: Vec<Option<String>> = some.iter().map(|chunk| chunk.heading.as_deref().map(plain)).collect();
        let pages: Vec<Option<i32>> = some.iter().map(|chunk| chunk.page).collect();
        let contents: Vec<String> = some.iter().map(|chunk| plain(&chunk.content)).collect();
        sqlx::query!(
            "INSERT INTO document_chunks (document_id, office_id, shared, position, version, chunk_id, heading, page, content)
             SELECT $1, $2, $3, * FROM UNNEST($4::int[], $5::bigint[], $6::text[], $7::text[], $8::int[], $9::text[])
             ON CONFLICT (document_id, position) DO NOTHING",
            id,
            office,
            document.shared,
            &positions,
            &versions,
            &ids,
            &headings as _,
            &pages as _,
            &contents,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// A document's passages in their order, from a position on.
pub async fn chunks(
    tx: &mut Tx,
    office: OfficeId,
    id: DocumentId,
    from: i32,
    limit: usize,
) -> Result<Vec<DocumentChunk>, sqlx::Error> {
    sqlx::query_as!(
        DocumentChunk,
        "SELECT chunk_id, position, heading, page, content, version FROM document_chunks
         WHERE document_id = $1 AND (office_id = $2 OR shared) AND position >= $3 ORDER BY position LIMIT $4",
        id.0,
        office.0,
        from,
        rows(limit),
    )
    .fetch_all(&mut **tx)
    .await
}
