//! All SQL on dialogues. Who plans or ends a turn holds the row's lock.

use contracts::{ContactId, ConversationId, OfficeId};
use platform::Tx;

use super::Dialogue;

/// Locks a conversation's dialogue, made if it is new.
pub async fn lock(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    contact: ContactId,
) -> Result<Dialogue, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO dialogues (conversation_id, office_id, contact_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        conversation.0,
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    let state = sqlx::query_scalar!(
        "SELECT state FROM dialogues WHERE conversation_id = $1 AND office_id = $2 FOR UPDATE",
        conversation.0,
        office.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(serde_json::from_value(state).unwrap_or_else(|error| {
        // Written by another version of this program: begin anew rather than not at all.
        tracing::warn!(%conversation, error = &error as &dyn std::error::Error, "a dialogue can't be read; it begins anew");
        Dialogue::default()
    }))
}

/// Writes the dialogue after a turn.
pub async fn save(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    dialogue: &Dialogue,
) -> Result<(), sqlx::Error> {
    let state = serde_json::to_value(dialogue).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "UPDATE dialogues SET state = $3, version = version + 1, updated_at = now() WHERE conversation_id = $1 AND office_id = $2",
        conversation.0,
        office.0,
        state,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
