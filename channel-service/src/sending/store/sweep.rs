//! Sends that never came to an end.

use chrono::{DateTime, Utc};
use contracts::{ConversationId, MessageId, OfficeId};
use platform::Tx;
use uuid::Uuid;

/// A message whose send never came to an end.
#[derive(Debug)]
pub struct Unsettled {
    pub id: MessageId,
    pub office: OfficeId,
    pub conversation_id: ConversationId,
}

macro_rules! unsettled {
    ($rows:expr) => {
        $rows
            .into_iter()
            .map(|row| Unsettled {
                id: MessageId(row.id),
                office: OfficeId(row.office_id),
                conversation_id: ConversationId(row.conversation_id),
            })
            .collect()
    };
}

/// Claims without a result: the process died, or lost the database. Each with its claim: another one may follow.
pub async fn stale_claims(tx: &mut Tx, claimed_before: DateTime<Utc>) -> Result<Vec<(Unsettled, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, office_id, conversation_id, claim_id AS "claim_id!" FROM messages
           WHERE status = 'sending' AND carried_by IS NULL AND claimed_at < $1 ORDER BY claimed_at LIMIT 100"#,
        claimed_before,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let message = Unsettled {
                id: MessageId(row.id),
                office: OfficeId(row.office_id),
                conversation_id: ConversationId(row.conversation_id),
            };
            (message, row.claim_id)
        })
        .collect())
}

/// Unconfirmed messages about which WhatsApp kept silent while it spoke of others of the same number.
pub async fn silent(tx: &mut Tx, unconfirmed_before: DateTime<Utc>) -> Result<Vec<Unsettled>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT m.id, m.office_id, m.conversation_id FROM messages m
         JOIN numbers n ON n.phone_number_id = m.phone_number_id
         WHERE m.status = 'unconfirmed' AND m.carried_by IS NULL AND coalesce(m.unconfirmed_at, m.claimed_at) < $1
           AND n.last_status_at > m.claimed_at + interval '2 seconds'
         ORDER BY m.id LIMIT 100",
        unconfirmed_before,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(unsettled!(rows))
}

/// How often an unconfirmed message was sent again. `None`: a status settled it meanwhile. The caller holds the
/// conversation's lock.
pub async fn resends(tx: &mut Tx, office: OfficeId, id: MessageId) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT resends FROM messages WHERE office_id = $1 AND id = $2 AND status = 'unconfirmed' FOR UPDATE",
        office.0,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Messages that WhatsApp took, never reported as delivered, and drops by now.
pub async fn undelivered(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Unsettled>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, office_id, conversation_id FROM messages
         WHERE status = 'sent' AND carried_by IS NULL AND undelivered_after < $1 ORDER BY undelivered_after LIMIT 100",
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(unsettled!(rows))
}
