//! All SQL of conversations here: who of the staff wrote which answer. The messages themselves are channel-service's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::{MessageId, OfficeId};
use platform::Tx;
use uuid::Uuid;

/// Remembers who wrote an answer.
pub async fn wrote(
    tx: &mut Tx,
    office: OfficeId,
    message: MessageId,
    user: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO chat_answers (message_id, office_id, user_id, name, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (message_id) DO NOTHING",
        message.0,
        office.0,
        user,
        name,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Who wrote these answers.
pub async fn names(
    tx: &mut Tx,
    office: OfficeId,
    messages: &[Uuid],
) -> Result<HashMap<MessageId, String>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT message_id, name FROM chat_answers WHERE office_id = $1 AND message_id = ANY($2)",
        office.0,
        messages,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (MessageId(row.message_id), row.name)).collect())
}
