//! All SQL on takeovers.

use chrono::{DateTime, Utc};
use contracts::{ContactId, ConversationId, OfficeId};
use platform::Tx;

use super::Takeover;

/// A person took the conversation.
pub async fn started(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    officer: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    // A second person takes over from the first: what was said since the first began is to be read.
    sqlx::query!(
        "INSERT INTO takeovers (conversation_id, office_id, epoch, officer, started_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (conversation_id) DO UPDATE SET epoch = $3, officer = $4, ended_at = NULL
         WHERE takeovers.epoch < $3 AND takeovers.office_id = $2",
        conversation.0,
        office.0,
        epoch,
        officer,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The conversation is the assistant's again.
pub async fn ended(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    officer: &str,
    note: Option<&str>,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO takeovers (conversation_id, office_id, epoch, officer, note, started_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6::timestamptz - interval '12 hours', $6)
         ON CONFLICT (conversation_id) DO UPDATE
             SET epoch = $3, officer = $4, note = $5, ended_at = greatest($6, takeovers.started_at)
         WHERE takeovers.epoch < $3 AND takeovers.office_id = $2",
        conversation.0,
        office.0,
        epoch,
        officer,
        note,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A takeover that is over and was not read yet.
pub async fn unread(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
) -> Result<Option<Takeover>, sqlx::Error> {
    sqlx::query_as!(
        Takeover,
        "SELECT epoch, officer, note, started_at, ended_at FROM takeovers
         WHERE conversation_id = $1 AND office_id = $2 AND ended_at IS NOT NULL",
        conversation.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// What was said in it is in the dialogue now. A later one stays.
pub async fn read(tx: &mut Tx, office: OfficeId, conversation: ConversationId, epoch: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM takeovers WHERE conversation_id = $1 AND office_id = $2 AND epoch <= $3",
        conversation.0,
        office.0,
        epoch,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets the notes on a citizen.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM takeovers WHERE office_id = $1
            AND conversation_id IN (SELECT conversation_id FROM dialogues WHERE office_id = $1 AND contact_id = $2)",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
