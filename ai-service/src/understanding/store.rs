//! All SQL on what may be known around a text.

use contracts::{ConversationId, OfficeId};
use platform::Tx;
use serde_json::Value;

/// Where the conversation stands, without a lock: whoever plans the turn looks again.
pub async fn state(tx: &mut Tx, office: OfficeId, conversation: ConversationId) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT state FROM dialogues WHERE office_id = $1 AND conversation_id = $2",
        office.0,
        conversation.0,
    )
    .fetch_optional(&mut **tx)
    .await
}
