//! SQL of what was put aside.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::QuarantinedItem;

/// Keeps an item whole.
pub async fn keep(
    tx: &mut Tx,
    office: Option<OfficeId>,
    kind: &str,
    reason: &str,
    item: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO quarantine (id, office_id, kind, reason, item, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        Uuid::now_v7(),
        office.map(|office| office.0),
        kind,
        reason,
        item,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The latest first.
pub async fn list(
    tx: &mut Tx,
    whose: Option<Uuid>,
    kind: Option<&str>,
    limit: i64,
) -> Result<Vec<QuarantinedItem>, sqlx::Error> {
    sqlx::query_as!(
        QuarantinedItem,
        r#"SELECT id, kind, reason, length(item) AS "bytes!", created_at FROM quarantine
           WHERE office_id IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR kind = $2) ORDER BY created_at DESC LIMIT $3"#,
        whose,
        kind,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}
