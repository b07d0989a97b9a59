//! What is next, and the claim.

use chrono::{DateTime, Utc};
use contracts::message::Author;
use contracts::{ContactId, ConversationId, MessageId, OfficeId, PhoneNumberId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::sending::step::Step;

/// A conversation that has something to send, now or later.
#[derive(Debug)]
pub struct Waiting {
    pub office: OfficeId,
    pub conversation: ConversationId,
    pub number: String,
    pub at: DateTime<Utc>,
}

/// Conversations of these numbers with something to send, each once, the soonest first.
///
/// The first of a conversation decides; only what waits for long lets those behind it pass.
pub async fn waiting(
    tx: &mut Tx,
    numbers: &[String],
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Waiting>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT office_id, conversation_id, phone_number_id AS "number!", next_attempt_at AS "at!" FROM (
             SELECT DISTINCT ON (phone_number_id, conversation_id)
                    office_id, conversation_id, phone_number_id, status, next_attempt_at FROM messages
             WHERE phone_number_id = ANY($1) AND status IN ('queued', 'sending') AND carried_by IS NULL
               AND NOT (may_be_overtaken AND next_attempt_at > $2)
             ORDER BY phone_number_id, conversation_id, seq) first
           WHERE status = 'queued' ORDER BY next_attempt_at LIMIT $3"#,
        numbers,
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Waiting {
            office: OfficeId(row.office_id),
            conversation: ConversationId(row.conversation_id),
            number: row.number,
            at: row.at,
        })
        .collect())
}

/// A message that has not left yet.
#[derive(Debug)]
pub struct Next {
    pub id: MessageId,
    pub contact_id: ContactId,
    pub author: Author,
    pub epoch: i64,
    pub kind: String,
    pub payload: Value,
    pub attempts: i32,
    pub refusals: i32,
    pub ttl_seconds: Option<i32>,
    /// The bucket of its pair of number and citizen.
    pub pair_full_at: Option<DateTime<Utc>>,
    /// Queued, and its time has come.
    pub due: bool,
}

/// The first messages in a conversation's order that have not left yet. The caller holds the conversation's lock.
pub async fn heads(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    number: &PhoneNumberId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Next>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT m.id, m.contact_id, m.author, m.epoch, m.kind, m.payload, m.attempts, m.refusals, m.ttl_seconds, c.pair_full_at,
                  m.status = 'queued' AND m.next_attempt_at <= $3 AS "due!"
           FROM messages m JOIN conversations c ON c.id = m.conversation_id
           WHERE m.office_id = $1 AND m.phone_number_id = $5 AND m.conversation_id = $2 AND m.status IN ('queued', 'sending')
             AND m.carried_by IS NULL AND NOT (m.may_be_overtaken AND m.next_attempt_at > $3)
           ORDER BY m.seq LIMIT $4"#,
        office.0,
        conversation.0,
        now,
        limit,
        number.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Next {
            id: MessageId(row.id),
            contact_id: ContactId(row.contact_id),
            author: Author::from_word(&row.author).unwrap_or(Author::System),
            epoch: row.epoch.unwrap_or(0),
            kind: row.kind,
            payload: row.payload,
            attempts: row.attempts,
            refusals: row.refusals,
            ttl_seconds: row.ttl_seconds,
            pair_full_at: row.pair_full_at,
            due: row.due,
        })
        .collect())
}

/// Claims a message for one Graph call, and takes its token out of the pair's bucket.
pub async fn claim(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    id: MessageId,
    claim: Uuid,
    pair_full_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH pair AS (UPDATE conversations SET pair_full_at = $6 WHERE office_id = $1 AND id = $2)
         UPDATE messages SET status = 'sending', claim_id = $4, claimed_at = $5, attempts = attempts + 1
         WHERE office_id = $1 AND (id = $3 OR carried_by = $3) AND status = ANY($7)",
        office.0,
        conversation.0,
        id.0,
        claim,
        now,
        pair_full_at,
        &Step::Claim.words(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Lets a message wait; `refused`: WhatsApp said no to something that it needs. The caller holds the conversation's lock.
pub async fn postpone(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    until: DateTime<Utc>,
    refused: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET next_attempt_at = $3, refusals = refusals + $4 WHERE office_id = $1 AND id = $2 AND status = 'queued'",
        office.0,
        id.0,
        until,
        i32::from(refused),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Several messages that go out as one.
#[derive(Debug)]
pub struct Carry {
    pub payload: Value,
    /// Those whose words the first one takes along.
    pub others: Vec<MessageId>,
}

/// Lets a message carry the words of those behind it. The caller holds the conversation's lock.
pub async fn carry(tx: &mut Tx, office: OfficeId, id: MessageId, carry: &Carry) -> Result<(), sqlx::Error> {
    let others: Vec<Uuid> = carry.others.iter().map(|id| id.0).collect();
    sqlx::query!(
        "WITH carried AS (UPDATE messages SET carried_by = $2 WHERE office_id = $1 AND id = ANY($3) AND status = 'queued')
         UPDATE messages SET payload = $4 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        &others,
        carry.payload,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Bot messages of older epochs that a Graph call is under way for.
pub async fn bot_calls_under_way(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM messages WHERE office_id = $1 AND conversation_id = $2 AND status = 'sending' AND author = 'bot') AS "some!""#,
        office.0,
        conversation.0,
    )
    .fetch_one(&mut **tx)
    .await
}
