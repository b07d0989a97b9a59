//! SQL of sending: the claim, the fence, the outcome.

use chrono::{DateTime, Utc};
use contracts::message::{Author, MessageStatus};
use contracts::{ContactId, ConversationId, MessageId, OfficeId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

/// Conversations with something to send now; each only once.
pub async fn waiting(
    tx: &mut Tx,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(OfficeId, ConversationId)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT office_id, conversation_id FROM (
             SELECT DISTINCT ON (conversation_id) office_id, conversation_id, status, next_attempt_at, seq FROM messages
             WHERE status IN ('queued', 'sending') ORDER BY conversation_id, seq) first
         WHERE status = 'queued' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (OfficeId(row.office_id), ConversationId(row.conversation_id))).collect())
}

/// When the next message may be tried.
pub async fn next_attempt(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!("SELECT min(next_attempt_at) FROM messages WHERE status = 'queued'").fetch_one(&mut **tx).await
}

/// The first message in a conversation's order that has not left yet.
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
}

/// What a conversation sends next, if it may now. The caller holds the conversation's lock.
pub async fn next(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Option<Next>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, contact_id, author, epoch, kind, payload, attempts, refusals, status, next_attempt_at FROM messages
         WHERE office_id = $1 AND conversation_id = $2 AND status IN ('queued', 'sending') ORDER BY seq LIMIT 1",
        office.0,
        conversation.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.filter(|row| row.status == "queued" && row.next_attempt_at.is_some_and(|at| at <= now)).map(|row| Next {
        id: MessageId(row.id),
        contact_id: ContactId(row.contact_id),
        author: if row.author == "bot" { Author::Bot } else { Author::System },
        epoch: row.epoch.unwrap_or(0),
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts,
        refusals: row.refusals,
    }))
}

/// Claims a message for one Graph call.
pub async fn claim(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    claim: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET status = 'sending', claim_id = $3, claimed_at = $4, attempts = attempts + 1 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        claim,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What a message has come to.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    pub status: MessageStatus,
    pub wamid: Option<&'a str>,
    pub error: Option<&'a Value>,
    /// When to try again, if it goes back to the queue.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Whether the Graph API said no.
    pub refused: bool,
}

impl<'a> Outcome<'a> {
    /// A status, and nothing to say about it.
    pub fn of(status: MessageStatus) -> Self {
        Self { status, wamid: None, error: None, next_attempt_at: None, refused: false }
    }

    /// Failed, and why.
    pub fn failed(error: &'a Value) -> Self {
        Self { error: Some(error), ..Self::of(MessageStatus::Failed) }
    }
}

/// Writes the outcome of a claim, also if the sweep gave up on it meanwhile. `false`: it was settled otherwise (a status
/// came first).
pub async fn settle(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    claim: Uuid,
    outcome: &Outcome<'_>,
) -> Result<bool, sqlx::Error> {
    let settled = sqlx::query!(
        "UPDATE messages SET status = $4, wamid = coalesce(wamid, $5), error = $6, next_attempt_at = $7,
                             refusals = refusals + $8
         WHERE office_id = $1 AND id = $2 AND claim_id = $3 AND status IN ('sending', 'unconfirmed')",
        office.0,
        id.0,
        claim,
        outcome.status.as_str(),
        outcome.wamid,
        outcome.error,
        outcome.next_attempt_at,
        i32::from(outcome.refused),
    )
    .execute(&mut **tx)
    .await?;
    Ok(settled.rows_affected() == 1)
}

/// Keeps the wamid of a message that a status settled before its answer came.
pub async fn keep_wamid(tx: &mut Tx, office: OfficeId, id: MessageId, wamid: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET wamid = coalesce(wamid, $3) WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        wamid
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A message of ours as statuses see it.
#[derive(Debug, Clone)]
pub struct Tracked {
    pub id: MessageId,
    pub office: OfficeId,
    pub conversation_id: ConversationId,
    pub status: MessageStatus,
}

/// The conversation of the message that a status is about.
pub async fn conversation_for_status(
    tx: &mut Tx,
    office: OfficeId,
    wamid: &str,
    callback: Option<MessageId>,
) -> Result<Option<ConversationId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT conversation_id FROM messages WHERE office_id = $1 AND direction = 'outbound' AND (id = $2 OR wamid = $3)
         ORDER BY id = $2 DESC LIMIT 1",
        office.0,
        callback.map(|id| id.0),
        wamid,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(ConversationId))
}

/// The message that a status is about, locked: by our own id, else by wamid.
pub async fn find_for_status(
    tx: &mut Tx,
    office: OfficeId,
    wamid: &str,
    callback: Option<MessageId>,
) -> Result<Option<Tracked>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, conversation_id, status FROM messages
         WHERE office_id = $1 AND direction = 'outbound' AND (id = $2 OR wamid = $3) ORDER BY id = $2 DESC LIMIT 1 FOR UPDATE",
        office.0,
        callback.map(|id| id.0),
        wamid,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Tracked {
        id: MessageId(row.id),
        office,
        conversation_id: ConversationId(row.conversation_id),
        status: MessageStatus::from_word(&row.status).unwrap_or(MessageStatus::Failed),
    }))
}

pub async fn set_status(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    outcome: &Outcome<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET status = $3, wamid = coalesce(wamid, $4), error = $5 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        outcome.status.as_str(),
        outcome.wamid,
        outcome.error,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A status that came before its send's answer.
#[derive(Debug)]
pub struct Early {
    pub status: MessageStatus,
    pub errors: Value,
    pub at: DateTime<Utc>,
}

/// Takes the statuses that waited for this wamid, lowest first.
pub async fn take_early(tx: &mut Tx, office: OfficeId, wamid: &str) -> Result<Vec<Early>, sqlx::Error> {
    let rows = sqlx::query!(
        "DELETE FROM early_statuses WHERE office_id = $1 AND wamid = $2 RETURNING status, errors, at",
        office.0,
        wamid
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut early: Vec<Early> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Early { status: MessageStatus::from_word(&row.status)?, errors: row.errors, at: row.at })
        })
        .collect();
    early.sort_by_key(|early| MessageStatus::ALL.iter().position(|status| *status == early.status));
    Ok(early)
}

/// Notes that the number's statuses arrive; once a second is enough.
pub async fn note_status_traffic(
    tx: &mut Tx,
    office: OfficeId,
    number: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE numbers SET last_status_at = $3 WHERE office_id = $1 AND phone_number_id = $2
           AND (last_status_at IS NULL OR last_status_at < $3::timestamptz - interval '1 second')",
        office.0,
        number,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

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

/// Claims without a result: the process died, or lost the database.
pub async fn stale_claims(tx: &mut Tx, claimed_before: DateTime<Utc>) -> Result<Vec<Unsettled>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, office_id, conversation_id FROM messages WHERE status = 'sending' AND claimed_at < $1 ORDER BY claimed_at LIMIT 100",
        claimed_before,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(unsettled!(rows))
}

/// Gives up on a claim. `false`: its result came meanwhile. The caller holds the conversation's lock.
pub async fn give_up(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    claimed_before: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let given_up = sqlx::query!(
        "UPDATE messages SET status = 'unconfirmed' WHERE office_id = $1 AND id = $2 AND status = 'sending' AND claimed_at < $3",
        office.0,
        id.0,
        claimed_before,
    )
    .execute(&mut **tx)
    .await?;
    Ok(given_up.rows_affected() == 1)
}

/// Unconfirmed messages about which WhatsApp kept silent while it spoke of others of the same number.
pub async fn silent(tx: &mut Tx, claimed_before: DateTime<Utc>) -> Result<Vec<Unsettled>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT m.id, m.office_id, m.conversation_id FROM messages m
         JOIN conversations c ON c.id = m.conversation_id
         JOIN numbers n ON n.phone_number_id = c.phone_number_id
         WHERE m.status = 'unconfirmed' AND m.claimed_at < $1 AND n.last_status_at > m.claimed_at + interval '2 seconds'
         ORDER BY m.id LIMIT 100",
        claimed_before,
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

/// Puts it back in the queue, once.
pub async fn resend(tx: &mut Tx, office: OfficeId, id: MessageId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET status = 'queued', resends = resends + 1, next_attempt_at = $3 WHERE office_id = $1 AND id = $2 AND status = 'unconfirmed'",
        office.0,
        id.0,
        now,
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
