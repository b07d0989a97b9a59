//! SQL of edits, deletions, reactions, and files that come late.

use chrono::{DateTime, Utc};
use contracts::{MessageId, OfficeId};
use platform::Tx;
use serde_json::Value;

use super::{json, without_nul};
use crate::inbound::arrival::NewMessage;

/// The message that an edit, a deletion or a reaction is about.
#[derive(Debug)]
pub struct Target {
    pub id: MessageId,
    pub direction: String,
    pub reactions: Value,
}

/// Finds and locks it.
pub async fn target(tx: &mut Tx, office: OfficeId, wamid: &str) -> Result<Option<Target>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, direction, reactions FROM messages WHERE office_id = $1 AND wamid = $2 FOR UPDATE",
        office.0,
        wamid,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Target { id: MessageId(row.id), direction: row.direction, reactions: row.reactions }))
}

/// Shows the new words and keeps the first ones.
pub async fn edit(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    text: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET original_text = coalesce(original_text, text), text = $3, described = false, edited_at = $4
         WHERE office_id = $1 AND id = $2 AND (edited_at IS NULL OR edited_at <= $4)",
        office.0,
        id.0,
        text,
        at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn revoke(tx: &mut Tx, office: OfficeId, id: MessageId, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE messages SET revoked_at = $3 WHERE office_id = $1 AND id = $2", office.0, id.0, at)
        .execute(&mut **tx)
        .await
        .map(drop)
}

pub async fn react(tx: &mut Tx, office: OfficeId, id: MessageId, reactions: &Value) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE messages SET reactions = $3 WHERE office_id = $1 AND id = $2", office.0, id.0, reactions)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Puts a file's message in the place of its announcement. `None`: there is none.
pub async fn fill_placeholder(
    tx: &mut Tx,
    office: OfficeId,
    message: &NewMessage<'_>,
) -> Result<Option<MessageId>, sqlx::Error> {
    let filled = sqlx::query_scalar!(
        "UPDATE messages SET kind = $3, text = $4, described = $5, media = $6, payload = $7
         WHERE office_id = $1 AND wamid = $2 AND kind = 'media_placeholder' RETURNING id",
        office.0,
        message.view.wamid,
        message.view.kind,
        message.view.text,
        message.described,
        json(message.view.media.as_ref()),
        without_nul(message.raw),
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(filled.map(MessageId))
}
