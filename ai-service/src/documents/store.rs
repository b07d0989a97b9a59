//! All SQL on documents, their jobs and their passages.

use chrono::{DateTime, Duration, Utc};
use contracts::dto::ai::{DocumentChunk, DocumentState};
use contracts::{DocumentId, OfficeId};
use platform::Tx;
use platform::outbox::Cause;
use uuid::Uuid;

use super::chunks::Chunk;
use super::{Job, Queued, Source, Upload, kind, word};
use crate::knowledge::passage::Indexed;

/// Puts a document in the queue, in place of an older version of it.
pub async fn enqueue(tx: &mut Tx, upload: &Upload, cause: &Cause, now: DateTime<Utc>) -> Result<Queued, sqlx::Error> {
    let (office, document) = (upload.office.0, upload.document_id.0);
    // Whoever comes first makes the row; both then wait for its lock.
    sqlx::query!(
        "INSERT INTO documents (office_id, document_id, title, kind, shared, wanted, status, updated_at)
         VALUES ($1, $2, $3, $4, $5, 0, 'queued', $6) ON CONFLICT DO NOTHING",
        office,
        document,
        upload.title,
        word(upload.kind),
        upload.shared,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let before = sqlx::query!(
        "SELECT wanted, status FROM documents WHERE office_id = $1 AND document_id = $2 FOR UPDATE",
        office,
        document,
    )
    .fetch_one(&mut **tx)
    .await?;
    let version = upload.version.unwrap_or(before.wanted + 1);
    // The same version again is a second try, if the first one failed.
    if version < before.wanted || version == before.wanted && before.status != "failed" {
        return Ok(Queued::TooLate);
    }
    sqlx::query!(
        "UPDATE documents SET wanted = $3, status = 'queued', reason = NULL, updated_at = $4
         WHERE office_id = $1 AND document_id = $2",
        office,
        document,
        version,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let (content, key) = match &upload.source {
        Source::Content(text) => (Some(text.as_str()), None),
        Source::Key(key) => (None, Some(key.as_str())),
    };
    sqlx::query!(
        "INSERT INTO document_jobs (office_id, document_id, version, title, kind, shared, key, content, mime_type,
                                    correlation_id, causation_id, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (office_id, document_id) DO UPDATE
         SET version = $3, title = $4, kind = $5, shared = $6, key = $7, content = $8, mime_type = $9,
             correlation_id = $10, causation_id = $11, due_at = $12, attempts = 0, lease = NULL",
        office,
        document,
        version,
        upload.title,
        word(upload.kind),
        upload.shared,
        key,
        content,
        upload.mime_type,
        cause.correlation_id,
        cause.causation_id,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(Queued::Version(version))
}

/// Whether the document was deleted.
pub async fn is_deleted(tx: &mut Tx, office: OfficeId, document: DocumentId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM deleted_documents WHERE office_id = $1 AND document_id = $2) AS "deleted!""#,
        office.0,
        document.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Whoever sends the document anew means it.
pub async fn undelete(tx: &mut Tx, office: OfficeId, document: DocumentId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM deleted_documents WHERE office_id = $1 AND document_id = $2", office.0, document.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the next job that is due, for so long.
pub async fn take(tx: &mut Tx, now: DateTime<Utc>, lease: Duration) -> Result<Option<Job>, sqlx::Error> {
    let holder = Uuid::now_v7();
    // The document's row with it, as everything that touches both takes them.
    let row = sqlx::query!(
        "UPDATE document_jobs SET lease = $2, due_at = $3, attempts = attempts + 1
         WHERE (office_id, document_id) = (SELECT j.office_id, j.document_id
             FROM documents d JOIN document_jobs j ON j.office_id = d.office_id AND j.document_id = d.document_id
             WHERE j.due_at <= $1 ORDER BY j.due_at, j.document_id LIMIT 1 FOR UPDATE OF d, j SKIP LOCKED)
         RETURNING office_id, document_id, version, title, kind, shared, key, content, mime_type, correlation_id,
                   causation_id, attempts",
        now,
        holder,
        now + lease,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let source = match (row.content, row.key.and_then(|key| key.parse().ok())) {
        (Some(text), _) => Source::Content(text),
        (None, Some(key)) => Source::Key(key),
        // Only keys that were read are written.
        (None, None) => Source::Content(String::new()),
    };
    sqlx::query!(
        "UPDATE documents SET status = 'processing', reason = NULL, updated_at = $3 WHERE office_id = $1 AND document_id = $2",
        row.office_id,
        row.document_id,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(Some(Job {
        upload: Upload {
            office: OfficeId(row.office_id),
            document_id: DocumentId(row.document_id),
            title: row.title,
            kind: kind(&row.kind),
            shared: row.shared,
            source,
            mime_type: row.mime_type,
            version: Some(row.version),
        },
        version: row.version,
        attempts: row.attempts - 1,
        lease: holder,
        cause: Cause { correlation_id: row.correlation_id, causation_id: row.causation_id },
    }))
}

/// Lets another try come sooner than the lease's end.
pub async fn put_off(tx: &mut Tx, job: &Job, until: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE document_jobs SET due_at = $4, lease = NULL, attempts = GREATEST(attempts - 1, 0)
         WHERE office_id = $1 AND document_id = $2 AND lease = $3",
        job.upload.office.0,
        job.upload.document_id.0,
        job.lease,
        until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a job that is still ours, holding the document's row. `false`: a newer version, another worker or a deletion came.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<bool, sqlx::Error> {
    let (office, document) = (job.upload.office.0, job.upload.document_id.0);
    // In the order in which an upload takes them.
    let there = sqlx::query_scalar!(
        r#"SELECT 1 AS "there!" FROM documents WHERE office_id = $1 AND document_id = $2 FOR UPDATE"#,
        office,
        document,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let done = sqlx::query!(
        "DELETE FROM document_jobs WHERE office_id = $1 AND document_id = $2 AND lease = $3 AND version = $4",
        office,
        document,
        job.lease,
        job.version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(there.is_some() && done.rows_affected() == 1)
}

/// Says why a document can't be read. What was searchable before stays so.
pub async fn fail(tx: &mut Tx, job: &Job, reason: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE documents SET status = 'failed', reason = $3, updated_at = $4 WHERE office_id = $1 AND document_id = $2",
        job.upload.office.0,
        job.upload.document_id.0,
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts the new passages in the old ones' place.
pub async fn swap(
    tx: &mut Tx,
    job: &Job,
    passages: &[(Chunk, Indexed, String)],
    embedder: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let upload = &job.upload;
    let (office, document) = (upload.office.0, upload.document_id.0);
    let was_shared = sqlx::query_scalar!(
        "SELECT shared FROM documents WHERE office_id = $1 AND document_id = $2",
        office,
        document,
    )
    .fetch_one(&mut **tx)
    .await?;
    let gone = clear(tx, upload.office, upload.document_id).await?;
    let ids: Vec<Uuid> = passages.iter().map(|_| Uuid::now_v7()).collect();
    for (position, (id, (chunk, indexed, _))) in (0_i32..).zip(ids.iter().zip(passages)) {
        insert(tx, job, position, *id, chunk, indexed).await?;
    }
    let vectors: Vec<String> = passages.iter().map(|(_, _, vector)| vector.clone()).collect();
    insert_vectors(tx, upload, &ids, &vectors, embedder).await?;
    let count = i32::try_from(passages.len()).unwrap_or(i32::MAX);
    sqlx::query!(
        "UPDATE documents SET title = $3, kind = $4, shared = $5, version = $6, status = 'ready', reason = NULL, chunks = $7,
                updated_at = $8
         WHERE office_id = $1 AND document_id = $2",
        office,
        document,
        upload.title,
        word(upload.kind),
        upload.shared,
        job.version,
        count,
        now,
    )
    .execute(&mut **tx)
    .await?;
    // Last: of one office's documents only this row is common to all.
    resize(tx, upload.office, was_shared, -gone).await?;
    resize(tx, upload.office, upload.shared, i64::from(count)).await
}

async fn insert(
    tx: &mut Tx,
    job: &Job,
    position: i32,
    id: Uuid,
    chunk: &Chunk,
    indexed: &Indexed,
) -> Result<(), sqlx::Error> {
    let upload = &job.upload;
    sqlx::query!(
        "INSERT INTO knowledge_chunks (chunk_id, office_id, document_id, version, position, kind, shared, title, heading, page,
                                       question, content, terms, weights)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id,
        upload.office.0,
        upload.document_id.0,
        job.version,
        position,
        word(upload.kind),
        upload.shared,
        upload.title,
        chunk.heading,
        chunk.page,
        chunk.question,
        chunk.content,
        &indexed.terms,
        &indexed.weights,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The document's vectors, and the terms of its passages, each in one statement.
async fn insert_vectors(
    tx: &mut Tx,
    upload: &Upload,
    ids: &[Uuid],
    vectors: &[String],
    embedder: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO knowledge_vectors (chunk_id, office_id, shared, embedder, embedding)
         SELECT chunk_id, $1, $2, $3, vector::halfvec(512) FROM unnest($4::uuid[], $5::text[]) AS made (chunk_id, vector)",
        upload.office.0,
        upload.shared,
        embedder,
        ids,
        vectors,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO knowledge_terms (office_id, term, chunk_id, shared, weight)
         SELECT c.office_id, pairs.term, c.chunk_id, c.shared, pairs.weight
         FROM knowledge_chunks c, unnest(c.terms, c.weights) AS pairs (term, weight)
         WHERE c.office_id = $1 AND c.document_id = $2",
        upload.office.0,
        upload.document_id.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a document's passages; how many there were.
async fn clear(tx: &mut Tx, office: OfficeId, document: DocumentId) -> Result<i64, sqlx::Error> {
    sqlx::query!(
        "DELETE FROM knowledge_terms t
         USING (SELECT c.chunk_id, pairs.term, pairs.weight FROM knowledge_chunks c,
                       unnest(c.terms, c.weights) AS pairs (term, weight)
                WHERE c.office_id = $1 AND c.document_id = $2) AS gone
         WHERE t.office_id = $1 AND t.term = gone.term AND t.weight = gone.weight AND t.chunk_id = gone.chunk_id",
        office.0,
        document.0,
    )
    .execute(&mut **tx)
    .await?;
    // Their vectors go with them.
    let gone =
        sqlx::query!("DELETE FROM knowledge_chunks WHERE office_id = $1 AND document_id = $2", office.0, document.0)
            .execute(&mut **tx)
            .await?;
    Ok(i64::try_from(gone.rows_affected()).unwrap_or(i64::MAX))
}

async fn resize(tx: &mut Tx, office: OfficeId, shared: bool, by: i64) -> Result<(), sqlx::Error> {
    if by != 0 {
        sqlx::query!(
            "INSERT INTO knowledge_sizes (office_id, shared, chunks) VALUES ($1, $2, $3)
             ON CONFLICT (office_id, shared) DO UPDATE SET chunks = knowledge_sizes.chunks + $3",
            office.0,
            shared,
            by,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Removes a document and everything that was made of it. `false`: there was none.
pub async fn delete(
    tx: &mut Tx,
    office: OfficeId,
    document: DocumentId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO deleted_documents (office_id, document_id, deleted_at) VALUES ($1, $2, $3)
         ON CONFLICT (office_id, document_id) DO UPDATE SET deleted_at = $3",
        office.0,
        document.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let shared = sqlx::query_scalar!(
        "SELECT shared FROM documents WHERE office_id = $1 AND document_id = $2 FOR UPDATE",
        office.0,
        document.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(shared) = shared else { return Ok(false) };
    let gone = clear(tx, office, document).await?;
    sqlx::query!("DELETE FROM documents WHERE office_id = $1 AND document_id = $2", office.0, document.0)
        .execute(&mut **tx)
        .await?;
    resize(tx, office, shared, -gone).await?;
    Ok(true)
}

struct StateRow {
    document_id: Uuid,
    title: String,
    kind: String,
    version: i64,
    status: String,
    reason: Option<String>,
    chunks: i32,
    shared: bool,
    updated_at: DateTime<Utc>,
}

impl From<StateRow> for DocumentState {
    fn from(row: StateRow) -> Self {
        Self {
            document_id: DocumentId(row.document_id),
            title: row.title,
            kind: kind(&row.kind),
            version: row.version,
            status: row.status,
            reason: row.reason,
            chunks: i64::from(row.chunks),
            shared: row.shared,
            updated_at: row.updated_at,
        }
    }
}

/// How a document stands.
pub async fn state(tx: &mut Tx, office: OfficeId, document: DocumentId) -> Result<Option<DocumentState>, sqlx::Error> {
    let row = sqlx::query_as!(
        StateRow,
        "SELECT document_id, title, kind, version, status, reason, chunks, shared, updated_at FROM documents
         WHERE office_id = $1 AND document_id = $2",
        office.0,
        document.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Into::into))
}

/// Documents, the latest first.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<DocumentState>, sqlx::Error> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        StateRow,
        "SELECT document_id, title, kind, version, status, reason, chunks, shared, updated_at FROM documents
         WHERE office_id = $1 AND ($2::timestamptz IS NULL OR (updated_at, document_id) < ($2, $3))
         ORDER BY updated_at DESC, document_id DESC LIMIT $4",
        office.0,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A document's passages in their order, after a position.
pub async fn chunks(
    tx: &mut Tx,
    office: OfficeId,
    document: DocumentId,
    after: i32,
    limit: i64,
) -> Result<Vec<DocumentChunk>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT chunk_id, position, heading, page, content, version FROM knowledge_chunks
         WHERE office_id = $1 AND document_id = $2 AND position > $3 ORDER BY position LIMIT $4",
        office.0,
        document.0,
        after,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    let chunks = rows.into_iter().map(|row| DocumentChunk {
        chunk_id: row.chunk_id.to_string(),
        position: row.position,
        heading: row.heading,
        page: row.page,
        content: row.content,
        version: row.version,
    });
    Ok(chunks.collect())
}

/// A passage whose terms and vector are of an older make.
#[derive(Debug)]
pub struct Stale {
    pub chunk_id: Uuid,
    pub office_id: Uuid,
    pub shared: bool,
    pub title: String,
    pub heading: Option<String>,
    pub question: Option<String>,
    pub content: String,
}

/// Some passages of an older make, after this one.
pub async fn stale(tx: &mut Tx, embedder: &str, after: Uuid, limit: i64) -> Result<Vec<Stale>, sqlx::Error> {
    sqlx::query_as!(
        Stale,
        "SELECT c.chunk_id, c.office_id, c.shared, c.title, c.heading, c.question, c.content
         FROM knowledge_vectors v JOIN knowledge_chunks c USING (chunk_id)
         WHERE v.embedder <> $1 AND v.chunk_id > $2 ORDER BY v.chunk_id LIMIT $3",
        embedder,
        after,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Indexes a passage anew.
pub async fn reindex(
    tx: &mut Tx,
    stale: &Stale,
    indexed: &Indexed,
    vector: &str,
    embedder: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM knowledge_terms t
         USING (SELECT c.chunk_id, pairs.term, pairs.weight FROM knowledge_chunks c,
                       unnest(c.terms, c.weights) AS pairs (term, weight) WHERE c.chunk_id = $1) AS gone
         WHERE t.office_id = $2 AND t.term = gone.term AND t.weight = gone.weight AND t.chunk_id = gone.chunk_id",
        stale.chunk_id,
        stale.office_id,
    )
    .execute(&mut **tx)
    .await?;
    let there = sqlx::query!(
        "UPDATE knowledge_chunks SET terms = $2, weights = $3 WHERE chunk_id = $1",
        stale.chunk_id,
        &indexed.terms,
        &indexed.weights,
    )
    .execute(&mut **tx)
    .await?;
    // It may have been swapped or deleted meanwhile.
    if there.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE knowledge_vectors SET embedder = $2, embedding = $3::text::halfvec(512) WHERE chunk_id = $1",
        stale.chunk_id,
        embedder,
        vector,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO knowledge_terms (office_id, term, chunk_id, shared, weight)
         SELECT $1, term, $2, $3, weight FROM unnest($4::text[], $5::real[]) AS terms (term, weight)",
        stale.office_id,
        stale.chunk_id,
        stale.shared,
        &indexed.terms,
        &indexed.weights,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets deletions that no upload on its way can undo any more.
pub async fn prune(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let pruned =
        sqlx::query!("DELETE FROM deleted_documents WHERE deleted_at < $1::timestamptz - interval '35 days'", now)
            .execute(&mut **tx)
            .await?;
    Ok(pruned.rows_affected())
}
