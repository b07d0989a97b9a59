//! What a message has come to: by our own steps, and by WhatsApp's reports. What a message carries shares its fate.

use chrono::{DateTime, Utc};
use contracts::message::{Author, MessageStatus};
use contracts::{ConversationId, MessageId, OfficeId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use crate::sending::step::Step;

/// What is written with a step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome<'a> {
    pub wamid: Option<&'a str>,
    pub error: Option<&'a Value>,
    /// When to try again, if it goes back to the queue.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Whether the Graph API said no.
    pub refused: bool,
    /// Its wait is long: those behind it need not wait.
    pub may_be_overtaken: bool,
    /// Until then WhatsApp delivers it, or drops it.
    pub undelivered_after: Option<DateTime<Utc>>,
    /// Since when nobody knows whether it went out.
    pub unconfirmed_at: Option<DateTime<Utc>>,
}

impl<'a> Outcome<'a> {
    /// An error and nothing else.
    pub fn error(error: &'a Value) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// Nobody knows what came of it, since then.
    pub fn lost(now: DateTime<Utc>) -> Self {
        Self { unconfirmed_at: Some(now), ..Self::default() }
    }

    /// Back in line, at that time.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self { next_attempt_at: Some(time), ..Self::default() }
    }
}

/// Takes a step with a message and what it carries, if it may be taken from where they stand. Answers whom it moved.
pub async fn step(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    step: Step,
    outcome: &Outcome<'_>,
) -> Result<Vec<MessageId>, sqlx::Error> {
    move_on(tx, office, id, None, step, outcome).await
}

/// The same for the outcome of a claim: whoever claimed it since settles it.
pub async fn settle(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    claim: Uuid,
    step: Step,
    outcome: &Outcome<'_>,
) -> Result<Vec<MessageId>, sqlx::Error> {
    move_on(tx, office, id, Some(claim), step, outcome).await
}

async fn move_on(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    claim: Option<Uuid>,
    step: Step,
    outcome: &Outcome<'_>,
) -> Result<Vec<MessageId>, sqlx::Error> {
    let moved = sqlx::query_scalar!(
        "UPDATE messages SET status = $4,
             wamid = CASE WHEN id = $2 THEN coalesce(CASE WHEN $11 THEN NULL ELSE wamid END, $6) END,
             former_wamids = CASE WHEN $11 AND wamid IS NOT NULL THEN former_wamids || wamid ELSE former_wamids END,
             error = $7, next_attempt_at = coalesce($8, next_attempt_at),
             refusals = CASE WHEN $11 THEN 0 ELSE refusals + $9 END,
             resends = CASE WHEN $11 THEN 0 WHEN $12 THEN resends + 1 ELSE resends END,
             may_be_overtaken = $10, undelivered_after = $13, unconfirmed_at = coalesce($14, unconfirmed_at)
         WHERE office_id = $1 AND (id = $2 OR carried_by = $2) AND status = ANY($5) AND ($3::uuid IS NULL OR claim_id = $3)
         RETURNING id",
        office.0,
        id.0,
        claim,
        step.to().as_str(),
        &step.words(),
        outcome.wamid,
        outcome.error,
        outcome.next_attempt_at,
        i32::from(outcome.refused),
        outcome.may_be_overtaken,
        step == Step::Revived,
        step == Step::Again,
        outcome.undelivered_after,
        outcome.unconfirmed_at,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(in_front(id, moved))
}

/// The message itself before what it carries.
fn in_front(id: MessageId, moved: Vec<Uuid>) -> Vec<MessageId> {
    let mut moved: Vec<MessageId> = moved.into_iter().map(MessageId).collect();
    moved.sort_by_key(|other| (*other != id, *other));
    moved
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
    /// The report is of an earlier attempt than the present one.
    pub former: bool,
}

/// The message that a status is about, locked: by our own id, else by wamid.
pub async fn find_for_status(
    tx: &mut Tx,
    office: OfficeId,
    wamid: &str,
    callback: Option<MessageId>,
) -> Result<Option<Tracked>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT id, conversation_id, status, $3 = ANY(former_wamids) AS "former!" FROM messages
           WHERE office_id = $1 AND direction = 'outbound' AND (id = $2 OR wamid = $3) ORDER BY id = $2 DESC LIMIT 1 FOR UPDATE"#,
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
        former: row.former,
    }))
}

/// Writes what WhatsApp reported of a message. Whether it may was seen under the row's lock.
pub async fn track(
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    status: MessageStatus,
    wamid: &str,
    error: Option<&Value>,
) -> Result<Vec<MessageId>, sqlx::Error> {
    let moved = sqlx::query_scalar!(
        "UPDATE messages SET status = $3, wamid = CASE WHEN id = $2 THEN coalesce(wamid, $4) END, error = $5
         WHERE office_id = $1 AND (id = $2 OR carried_by = $2) RETURNING id",
        office.0,
        id.0,
        status.as_str(),
        wamid,
        error,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(in_front(id, moved))
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

/// A message of ours as a retry sees it.
#[derive(Debug)]
pub struct Failed {
    pub conversation_id: ConversationId,
    pub author: Author,
    pub kind: String,
    pub epoch: i64,
    pub status: MessageStatus,
    pub carried_by: Option<MessageId>,
    /// The code and subcode that it failed with.
    pub code: Option<i64>,
    pub subcode: Option<i64>,
}

pub async fn failed(tx: &mut Tx, office: OfficeId, id: MessageId) -> Result<Option<Failed>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT conversation_id, author, kind, epoch, status, carried_by, error FROM messages
         WHERE office_id = $1 AND id = $2 AND direction = 'outbound'",
        office.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let part = |key: &str| row.error.as_ref().and_then(|error| error.get(0)?.get(key)?.as_i64());
        Failed {
            conversation_id: ConversationId(row.conversation_id),
            kind: row.kind.clone(),
            epoch: row.epoch.unwrap_or(0),
            status: MessageStatus::from_word(&row.status).unwrap_or(MessageStatus::Failed),
            author: Author::from_word(&row.author).unwrap_or(Author::System),
            carried_by: row.carried_by.map(MessageId),
            code: part("code"),
            subcode: part("error_subcode"),
        }
    }))
}
