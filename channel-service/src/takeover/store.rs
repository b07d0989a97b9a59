//! SQL of takeover sessions.

use chrono::{DateTime, Utc};
use contracts::{ConversationId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::{Lease, Start};

pub async fn insert(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    start: &Start<'_>,
    now: DateTime<Utc>,
    lease: Lease,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO takeover_sessions (id, office_id, conversation_id, epoch, admin_id, admin_name, reason, started_at, expires_at, warn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        Uuid::now_v7(),
        office.0,
        conversation.0,
        epoch,
        start.holder.id,
        start.holder.name,
        start.reason,
        now,
        lease.expires_at,
        lease.warn_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A word from the holder: the lease runs from here on. Nothing happens if somebody else holds it. `true`: they had been
/// warned, and are not any more.
pub async fn renew(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    holder: &str,
    lease: Lease,
) -> Result<bool, sqlx::Error> {
    let warned = sqlx::query_scalar!(
        r#"WITH before AS (SELECT id, warned_at FROM takeover_sessions
                           WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL AND admin_id = $3)
           UPDATE takeover_sessions t SET expires_at = $4, warn_at = $5, warned_at = NULL FROM before
           WHERE t.id = before.id RETURNING before.warned_at IS NOT NULL AS "warned!""#,
        office.0,
        conversation.0,
        holder,
        lease.expires_at,
        lease.warn_at,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(warned.unwrap_or(false))
}

/// Conversations whose holder must be warned.
pub async fn to_warn(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(OfficeId, ConversationId)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT office_id, conversation_id FROM takeover_sessions
         WHERE ended_at IS NULL AND warned_at IS NULL AND warn_at <= $1 AND expires_at > $1 ORDER BY warn_at LIMIT 100",
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), ConversationId(row.conversation_id))).collect())
}

/// Notes the warning. `false`: the holder spoke meanwhile. The caller holds the conversation's lock.
pub async fn warn(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let warned = sqlx::query!(
        "UPDATE takeover_sessions SET warned_at = $3
         WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL AND warned_at IS NULL AND warn_at <= $3",
        office.0,
        conversation.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(warned.rows_affected() == 1)
}

pub async fn end(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    by: &str,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE takeover_sessions SET ended_at = $3, ended_by = $4, note = $5 WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL",
        office.0,
        conversation.0,
        now,
        by,
        note,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Start and expiry of the session that is on.
pub async fn current(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT started_at, expires_at FROM takeover_sessions WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL",
        office.0,
        conversation.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.started_at, row.expires_at)))
}

/// Conversations whose holder has been silent for too long.
pub async fn expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(OfficeId, ConversationId)>, sqlx::Error> {
    let rows = sqlx::query!("SELECT office_id, conversation_id FROM takeover_sessions WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT 100", now)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), ConversationId(row.conversation_id))).collect())
}

/// Whether the session is over, seen under the conversation's lock.
pub async fn is_expired(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    Ok(current(tx, office, conversation).await?.is_some_and(|(_, expires_at)| expires_at <= now))
}
