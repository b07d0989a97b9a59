//! The SQL of the clock.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

/// Notes that the office's calendar changed. A count that is under way begins anew.
pub async fn recount(tx: &mut Tx, office: OfficeId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO clock_recounts (office_id, requested_at) VALUES ($1, $2)
         ON CONFLICT (office_id) DO UPDATE SET after = NULL, requested_at = $2",
        office.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// An office that has to be counted again, and the last complaint that was; nobody else counts it meanwhile.
pub async fn next_recount(tx: &mut Tx) -> Result<Option<(OfficeId, Option<Uuid>)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT office_id, after FROM clock_recounts ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (OfficeId(row.office_id), row.after)))
}

/// The office's next open complaints.
pub async fn open_after(
    tx: &mut Tx,
    office: OfficeId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM complaints WHERE office_id = $1 AND closed_at IS NULL AND ($2::uuid IS NULL OR id > $2)
         ORDER BY id LIMIT $3",
        office.0,
        after,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Goes on after this complaint, or is done.
pub async fn recounted(tx: &mut Tx, office: OfficeId, after: Option<Uuid>) -> Result<(), sqlx::Error> {
    match after {
        Some(after) => {
            sqlx::query!("UPDATE clock_recounts SET after = $2 WHERE office_id = $1", office.0, after)
                .execute(&mut **tx)
                .await
        }
        None => sqlx::query!("DELETE FROM clock_recounts WHERE office_id = $1", office.0).execute(&mut **tx).await,
    }
    .map(drop)
}

/// Complaints whose warning or breach was not told yet, locked.
pub async fn at_risk(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<(OfficeId, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT office_id, id FROM complaints
         WHERE closed_at IS NULL AND paused_at IS NULL AND sla_breached_at IS NULL AND due_at <= $1
         ORDER BY due_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    let late: Vec<_> = rows.into_iter().map(|row| (OfficeId(row.office_id), row.id)).collect();
    if !late.is_empty() {
        return Ok(late);
    }
    let rows = sqlx::query!(
        "SELECT office_id, id FROM complaints
         WHERE closed_at IS NULL AND paused_at IS NULL AND sla_warned_at IS NULL AND warn_at <= $1 AND due_at > $1
         ORDER BY warn_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), row.id)).collect())
}
