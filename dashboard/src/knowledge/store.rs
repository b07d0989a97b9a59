//! All SQL of FAQ entries. Their state is a document's: `documents::store` has it.

use chrono::{DateTime, Utc};
use contracts::{DocumentId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::{Entry, Text};
use crate::documents::Status;
use crate::documents::store::rows;

struct Row {
    document_id: Uuid,
    office_id: Uuid,
    question: String,
    answer: String,
    kategori: Option<String>,
    shared: bool,
    version: i64,
    status: String,
    reason: Option<String>,
    updated_by: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            document_id: DocumentId(row.document_id),
            office_id: OfficeId(row.office_id),
            question: row.question,
            answer: row.answer,
            kategori: row.kategori,
            shared: row.shared,
            version: row.version,
            // A check constraint knows no other words.
            status: Status::from_word(&row.status).unwrap_or(Status::Queued),
            reason: row.reason,
            updated_by: row.updated_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The office's entries and those that others share, the newest first, after the given one.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    words: Option<&str>,
    kategori: Option<&str>,
    after: Option<DocumentId>,
    limit: usize,
) -> Result<Vec<Entry>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT e.document_id, e.office_id, e.question, e.answer, e.kategori, d.shared, d.version, d.status, d.reason,
                d.updated_by, d.created_at, d.updated_at
         FROM knowledge_base e JOIN knowledge_documents d USING (document_id)
         WHERE (e.office_id = $1 OR e.shared)
           AND ($2::text IS NULL OR position(lower($2) IN lower(e.question)) > 0 OR position(lower($2) IN lower(e.answer)) > 0)
           AND ($3::text IS NULL OR e.kategori = $3)
           AND ($4::uuid IS NULL OR e.document_id < $4)
         ORDER BY e.document_id DESC LIMIT $5",
        office.0,
        words,
        kategori,
        after.map(|id| id.0),
        rows(limit),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(found.into_iter().map(Entry::from).collect())
}

/// An entry of the office, or one that another office shares.
pub async fn find(tx: &mut Tx, office: OfficeId, id: DocumentId) -> Result<Option<Entry>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT e.document_id, e.office_id, e.question, e.answer, e.kategori, d.shared, d.version, d.status, d.reason,
                d.updated_by, d.created_at, d.updated_at
         FROM knowledge_base e JOIN knowledge_documents d USING (document_id)
         WHERE e.document_id = $1 AND (e.office_id = $2 OR e.shared)",
        id.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Entry::from))
}

/// Adds the text of a document that is there already, or puts it in the place of the former one.
pub async fn write(tx: &mut Tx, office: OfficeId, id: DocumentId, text: &Text) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO knowledge_base (document_id, office_id, question, answer, kategori, shared) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (document_id) DO UPDATE
         SET question = EXCLUDED.question, answer = EXCLUDED.answer, kategori = EXCLUDED.kategori, shared = EXCLUDED.shared
         WHERE knowledge_base.office_id = EXCLUDED.office_id",
        id.0,
        office.0,
        text.question,
        text.answer,
        text.kategori,
        text.shared,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
