//! The SQL of keys.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use contracts::dto::case::Open311Key;
use platform::Tx;
use uuid::Uuid;

use super::Key;

/// The key with this digest, unless it was revoked.
pub async fn find(tx: &mut Tx, office: OfficeId, digest: &[u8]) -> Result<Option<Key>, sqlx::Error> {
    sqlx::query_as!(
        Key,
        "SELECT id, name, per_minute FROM open311_keys WHERE office_id = $1 AND digest = $2 AND revoked_at IS NULL",
        office.0,
        digest,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Keeps a new key.
pub async fn add(
    tx: &mut Tx,
    office: OfficeId,
    key: &Key,
    digest: &[u8],
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO open311_keys (id, office_id, name, digest, per_minute, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key.id,
        office.0,
        key.name,
        digest,
        key.per_minute,
        by,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// All keys, the newest first.
pub async fn list(tx: &mut Tx, office: OfficeId) -> Result<Vec<Open311Key>, sqlx::Error> {
    sqlx::query_as!(
        Open311Key,
        "SELECT id, name, per_minute, created_by, created_at, revoked_at FROM open311_keys WHERE office_id = $1
         ORDER BY created_at DESC, id",
        office.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Ends a key. `false`: there is none, or it ended before.
pub async fn revoke(tx: &mut Tx, office: OfficeId, id: Uuid, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query!(
        "UPDATE open311_keys SET revoked_at = $3 WHERE office_id = $1 AND id = $2 AND revoked_at IS NULL",
        office.0,
        id,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(revoked.rows_affected() > 0)
}
