//! SQL of turns.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use contracts::events::turn::{TurnMessage, TurnOutcome};
use contracts::message::{Location, MediaRef};
use contracts::{ConversationId, MessageId, OfficeId, PhoneNumberId, TurnId};
use platform::Tx;
use uuid::Uuid;

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
           AND (t.look_again_at IS NULL OR t.look_again_at <= $1
                OR NOT EXISTS (SELECT 1 FROM media m WHERE m.conversation_id = t.conversation_id
                                 AND (m.state IN ('pending', 'fetching') OR m.transcription = 'pending')))
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
        "SELECT min(greatest(t.close_at, t.look_again_at)) FROM turns t WHERE t.state = 'open'
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
        // A description is ours, and what was taken back is nobody's.
        "SELECT id, kind, CASE WHEN described THEN NULL ELSE text END AS text, reply_id, media, location, sent_at FROM messages
         WHERE office_id = $1 AND turn_id = $2 AND direction = 'inbound' AND revoked_at IS NULL ORDER BY sent_at, seq",
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

/// Messages of one conversation for the turn that collects.
#[derive(Debug, Clone, Copy)]
pub struct Collect {
    pub office: OfficeId,
    pub conversation: ConversationId,
    pub epoch: i64,
    /// The turn that is opened if none collects.
    pub fresh: TurnId,
    pub close_at: DateTime<Utc>,
    pub longest: Duration,
}

/// Adds messages to the turns that collect, or opens them; the caller holds the conversations' locks. Answers the turns.
pub async fn collect_many(
    tx: &mut Tx,
    collects: &[Collect],
    now: DateTime<Utc>,
) -> Result<HashMap<ConversationId, TurnId>, sqlx::Error> {
    let column = |of: fn(&Collect) -> Uuid, some: &[&Collect]| some.iter().map(|one| of(one)).collect::<Vec<Uuid>>();
    let all: Vec<&Collect> = collects.iter().collect();
    let prolonged = sqlx::query!(
        "UPDATE turns t SET close_at = least(t.first_at + make_interval(secs => u.longest), u.close_at), epoch = u.epoch
         FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::float8[]) AS u(conversation, epoch, close_at, longest)
         WHERE t.conversation_id = u.conversation AND t.state = 'open' RETURNING t.id, t.conversation_id",
        &column(|one| one.conversation.0, &all),
        &all.iter().map(|one| one.epoch).collect::<Vec<_>>(),
        &all.iter().map(|one| one.close_at).collect::<Vec<_>>(),
        &all.iter().map(|one| one.longest.as_seconds_f64()).collect::<Vec<_>>(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut turns: HashMap<ConversationId, TurnId> =
        prolonged.into_iter().map(|row| (ConversationId(row.conversation_id), TurnId(row.id))).collect();
    let opened: Vec<&Collect> = collects.iter().filter(|one| !turns.contains_key(&one.conversation)).collect();
    if !opened.is_empty() {
        sqlx::query!(
            "INSERT INTO turns (id, office_id, conversation_id, epoch, first_at, close_at)
             SELECT id, office, conversation, epoch, $6, close_at
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[]) AS u(id, office, conversation, epoch, close_at)",
            &column(|one| one.fresh.0, &opened),
            &column(|one| one.office.0, &opened),
            &column(|one| one.conversation.0, &opened),
            &opened.iter().map(|one| one.epoch).collect::<Vec<_>>(),
            &opened.iter().map(|one| one.close_at).collect::<Vec<_>>(),
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    turns.extend(opened.into_iter().map(|one| (one.conversation, one.fresh)));
    Ok(turns)
}

/// Lets a turn wait for files on their way; `false`: it has waited long enough. The caller holds the conversation's lock.
pub async fn wait_for_media(
    tx: &mut Tx,
    office: OfficeId,
    id: TurnId,
    now: DateTime<Utc>,
    patience: Duration,
    poll: Duration,
) -> Result<bool, sqlx::Error> {
    let waits = sqlx::query!(
        "UPDATE turns SET media_until = coalesce(media_until, $3::timestamptz + make_interval(secs => $4)),
                          look_again_at = least(coalesce(media_until, $3::timestamptz + make_interval(secs => $4)), $5)
         WHERE office_id = $1 AND id = $2 AND state = 'open' AND close_at <= $3
           AND coalesce(media_until, $3::timestamptz + make_interval(secs => $4)) > $3",
        office.0,
        id.0,
        now,
        patience.as_seconds_f64(),
        now + poll,
    )
    .execute(&mut **tx)
    .await?;
    Ok(waits.rows_affected() == 1)
}

/// Notes that the typing indicator is shown, and below which message.
pub async fn typing(
    tx: &mut Tx,
    office: OfficeId,
    id: TurnId,
    wamid: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE turns SET typing_at = $3, typing_for = $4 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        now,
        wamid,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Where the indicator must be shown again.
#[derive(Debug)]
pub struct Typing {
    pub office: OfficeId,
    pub phone_number_id: PhoneNumberId,
    pub wamid: String,
}

/// Turns whose indicator vanishes; noted as shown again.
pub async fn still_typing(
    tx: &mut Tx,
    now: DateTime<Utc>,
    shown_before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Typing>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"UPDATE turns t SET typing_at = $1 FROM conversations c
           WHERE c.id = t.conversation_id
             AND t.id IN (SELECT id FROM turns WHERE state = 'in_flight' AND typing_at <= $2 ORDER BY typing_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING t.office_id, t.typing_for AS "wamid!", c.phone_number_id"#,
        now,
        shown_before,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Typing {
            office: OfficeId(row.office_id),
            phone_number_id: PhoneNumberId(row.phone_number_id),
            wamid: row.wamid,
        })
        .collect())
}
