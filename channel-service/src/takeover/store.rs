//! SQL of takeover sessions.

use chrono::{DateTime, Utc};
use contracts::{ConversationId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::Start;

pub async fn insert(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    start: &Start<'_>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO takeover_sessions (id, office_id, conversation_id, epoch, admin_id, admin_name, reason, started_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        office.0,
        conversation.0,
        epoch,
        start.holder.id,
        start.holder.name,
        start.reason,
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn renew(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE takeover_sessions SET expires_at = $3 WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL",
        office.0,
        conversation.0,
        expires_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A word from the holder: the lease runs from here on. Nothing happens if somebody else holds it.
pub async fn heard(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    holder: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE takeover_sessions SET expires_at = $4
         WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL AND admin_id = $3",
        office.0,
        conversation.0,
        holder,
        expires_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
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
    let rows = sqlx::query!("SELECT office_id, conversation_id FROM takeover_sessions WHERE ended_at IS NULL AND expires_at <= $1 LIMIT 100", now)
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
