//! All SQL of removals.

use chrono::{DateTime, Duration, Utc};
use contracts::{DocumentId, OfficeId};
use platform::Tx;
use platform::storage::Key;
use uuid::Uuid;

use super::{Removal, What};

/// Asks for ai-service to forget a document, from now on.
pub async fn forget(tx: &mut Tx, office: OfficeId, id: DocumentId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO document_removals (id, office_id, document_id, due_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (document_id) DO NOTHING",
        Uuid::now_v7(),
        office.0,
        id.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Asks for a file to be deleted at this time, unless somebody keeps it before.
pub async fn discard(tx: &mut Tx, office: OfficeId, key: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO document_removals (id, office_id, key, due_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET due_at = LEAST(document_removals.due_at, EXCLUDED.due_at)",
        Uuid::now_v7(),
        office.0,
        key,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps a file. `false`: it was not in time, and the file is gone or about to go.
pub async fn keep(tx: &mut Tx, office: OfficeId, key: &Key) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "DELETE FROM document_removals WHERE office_id = $1 AND key = $2 AND claimed_until IS NULL",
        office.0,
        key.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Takes what is due, so that of several workers one does it.
pub async fn claim(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Removal>, sqlx::Error> {
    let rows = sqlx::query!(
        "UPDATE document_removals SET claimed_until = $2
         WHERE id IN (SELECT id FROM document_removals WHERE due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
                      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, office_id, document_id, key, tries",
        now,
        until,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    let read = |row: (Uuid, Uuid, Option<Uuid>, Option<String>, i32)| {
        let what = match (row.2, row.3) {
            (Some(id), _) => What::Document(DocumentId(id)),
            (None, key) => What::File(key.unwrap_or_default()),
        };
        Removal { id: row.0, office: OfficeId(row.1), what, tries: row.4 }
    };
    Ok(rows.into_iter().map(|row| read((row.id, row.office_id, row.document_id, row.key, row.tries))).collect())
}

/// It is done.
pub async fn done(tx: &mut Tx, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM document_removals WHERE id = $1", id).execute(&mut **tx).await?;
    Ok(())
}

/// It did not work: again after a pause.
pub async fn later(
    tx: &mut Tx,
    id: Uuid,
    problem: &str,
    now: DateTime<Utc>,
    pause: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE document_removals SET claimed_until = NULL, tries = tries + 1, problem = $2, due_at = $3 WHERE id = $1",
        id,
        problem,
        now + pause,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many of an office's documents ai-service has not forgotten yet, although it was asked.
pub async fn overdue(tx: &mut Tx, office: OfficeId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM document_removals WHERE office_id = $1 AND document_id IS NOT NULL AND tries > 0"#,
        office.0
    )
    .fetch_one(&mut **tx)
    .await
}
