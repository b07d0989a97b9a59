//! SQL of turns.

use chrono::{DateTime, Duration, Utc};
use contracts::events::turn::{TurnMessage, TurnOutcome};
use contracts::message::{Location, MediaRef};
use contracts::{ConversationId, MessageId, OfficeId, TurnId};
use platform::Tx;
use uuid::Uuid;

/// Adds a message to the turn that collects, or opens one. Answers the turn.
pub async fn collect(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    fresh: TurnId,
    now: DateTime<Utc>,
    (quiet, longest): (Duration, Duration),
) -> Result<TurnId, sqlx::Error> {
    let id = sqlx::query_scalar!(
        "INSERT INTO turns (id, office_id, conversation_id, epoch, first_at, close_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (conversation_id) WHERE state = 'open' DO UPDATE
         SET close_at = least(turns.first_at + make_interval(secs => $7), $6), epoch = $4
         RETURNING id",
        fresh.0,
        office.0,
        conversation.0,
        epoch,
        now,
        now + quiet,
        longest.as_seconds_f64(),
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(TurnId(id))
}

/// A turn whose burst is over.
#[derive(Debug)]
pub struct Due {
    pub id: TurnId,
    pub office: OfficeId,
    pub conversation: ConversationId,
}

/// Turns whose burst is over in conversations that have none in flight.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT t.id, t.office_id, t.conversation_id FROM turns t
         WHERE t.state = 'open' AND t.close_at <= $1
           AND NOT EXISTS (SELECT 1 FROM turns f WHERE f.conversation_id = t.conversation_id AND f.state = 'in_flight')
         ORDER BY t.close_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            id: TurnId(row.id),
            office: OfficeId(row.office_id),
            conversation: ConversationId(row.conversation_id),
        })
        .collect())
}

/// When the next burst will be over.
pub async fn next_due(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT min(t.close_at) FROM turns t WHERE t.state = 'open'
           AND NOT EXISTS (SELECT 1 FROM turns f WHERE f.conversation_id = t.conversation_id AND f.state = 'in_flight')"
    )
    .fetch_one(&mut **tx)
    .await
}

/// Sends a turn on its way, if nobody else did. The caller holds the conversation's lock.
pub async fn launch(
    tx: &mut Tx,
    office: OfficeId,
    id: TurnId,
    epoch: i64,
    deadline_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let launched = sqlx::query!(
        "UPDATE turns SET state = 'in_flight', epoch = $3, deadline_at = $4 WHERE office_id = $1 AND id = $2 AND state = 'open' AND close_at <= $5
           AND NOT EXISTS (SELECT 1 FROM turns f WHERE f.conversation_id = turns.conversation_id AND f.state = 'in_flight')",
        office.0,
        id.0,
        epoch,
        deadline_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(launched.rows_affected() == 1)
}

/// Ends a turn, if nothing ended it before.
pub async fn close(
    tx: &mut Tx,
    office: OfficeId,
    id: TurnId,
    outcome: TurnOutcome,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let closed = sqlx::query!(
        "UPDATE turns SET state = 'closed', outcome = $3, closed_at = $4 WHERE office_id = $1 AND id = $2 AND state = 'in_flight'",
        office.0,
        id.0,
        outcome.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// Ends whatever a conversation collects or has in flight, because a person takes over. Answers the turns in flight.
pub async fn close_all(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    outcome: TurnOutcome,
    now: DateTime<Utc>,
) -> Result<Vec<TurnId>, sqlx::Error> {
    let closed = sqlx::query_scalar!(
        "UPDATE turns SET state = 'closed', outcome = $3, closed_at = $4
         WHERE office_id = $1 AND conversation_id = $2 AND state <> 'closed' RETURNING id",
        office.0,
        conversation.0,
        outcome.as_str(),
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(closed.into_iter().map(TurnId).collect())
}

/// Turns in flight whose time is over.
pub async fn overdue(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, office_id, conversation_id FROM turns WHERE state = 'in_flight' AND deadline_at <= $1 ORDER BY deadline_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            id: TurnId(row.id),
            office: OfficeId(row.office_id),
            conversation: ConversationId(row.conversation_id),
        })
        .collect())
}

/// Gives turns in flight at least this long from now: the time of an outage does not count.
pub async fn extend(tx: &mut Tx, until: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let extended =
        sqlx::query!("UPDATE turns SET deadline_at = greatest(deadline_at, $1) WHERE state = 'in_flight'", until)
            .execute(&mut **tx)
            .await?;
    Ok(extended.rows_affected())
}

struct Row {
    id: Uuid,
    kind: String,
    text: Option<String>,
    reply_id: Option<String>,
    media: Option<serde_json::Value>,
    location: Option<serde_json::Value>,
    sent_at: DateTime<Utc>,
}

/// A turn's messages, by WhatsApp's timestamp, then arrival.
pub async fn messages(tx: &mut Tx, office: OfficeId, turn: TurnId) -> Result<Vec<TurnMessage>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, kind, text, reply_id, media, location, sent_at FROM messages
         WHERE office_id = $1 AND turn_id = $2 AND direction = 'inbound' ORDER BY sent_at, seq",
        office.0,
        turn.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TurnMessage {
            message_id: MessageId(row.id),
            kind: row.kind,
            text: row.text,
            reply_id: row.reply_id,
            media: row.media.and_then(|value| serde_json::from_value::<MediaRef>(value).ok()),
            location: row.location.and_then(|value| serde_json::from_value::<Location>(value).ok()),
            sent_at: row.sent_at,
        })
        .collect())
}
