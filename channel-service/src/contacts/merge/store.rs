//! SQL of merging.

use chrono::{DateTime, Utc};
use contracts::events::conversation::Holder;
use contracts::{ContactId, ConversationId, OfficeId, TurnId};
use platform::Tx;

use crate::conversations::store::Locked;

/// A conversation of the contact that goes.
#[derive(Debug)]
pub struct Moved {
    pub id: ConversationId,
    pub phone_number_id: String,
}

/// The contact's conversations that are not part of another one already, in the order of locking.
pub async fn conversations_of(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<Moved>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, phone_number_id FROM conversations WHERE office_id = $1 AND contact_id = $2 AND merged_into IS NULL ORDER BY id",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| Moved { id: ConversationId(row.id), phone_number_id: row.phone_number_id }).collect())
}

/// The conversation of the contact that stays at this number.
pub async fn at_number(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    number: &str,
) -> Result<Option<ConversationId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM conversations WHERE office_id = $1 AND contact_id = $2 AND phone_number_id = $3",
        office.0,
        contact.0,
        number,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(ConversationId))
}

/// Gives a conversation to another contact.
pub async fn give(tx: &mut Tx, office: OfficeId, id: ConversationId, to: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE conversations SET contact_id = $3 WHERE office_id = $1 AND id = $2", office.0, id.0, to.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// The next seq of exactly this row, also when it is part of another one.
pub async fn next_seq(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE conversations SET last_seq = last_seq + 1 WHERE office_id = $1 AND id = $2 RETURNING last_seq",
        office.0,
        id.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Of two takeovers that are on, the one of the conversation that goes ends.
pub async fn end_second_takeover(
    tx: &mut Tx,
    office: OfficeId,
    old: ConversationId,
    new: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE takeover_sessions SET ended_at = $4, ended_by = 'system:merge'
         WHERE office_id = $1 AND conversation_id = $2 AND ended_at IS NULL
           AND EXISTS (SELECT 1 FROM takeover_sessions WHERE conversation_id = $3 AND ended_at IS NULL)",
        office.0,
        old.0,
        new.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn move_takeovers(
    tx: &mut Tx,
    office: OfficeId,
    old: ConversationId,
    new: ConversationId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE takeover_sessions SET conversation_id = $3 WHERE office_id = $1 AND conversation_id = $2",
        office.0,
        old.0,
        new.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A turn that has not ended.
#[derive(Debug)]
pub struct OpenTurn {
    pub id: TurnId,
    pub in_flight: bool,
}

pub async fn open_turns(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<Vec<OpenTurn>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, state = 'in_flight' AS "in_flight!" FROM turns WHERE office_id = $1 AND conversation_id = $2 AND state <> 'closed'
           ORDER BY state FOR UPDATE"#,
        office.0,
        id.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| OpenTurn { id: TurnId(row.id), in_flight: row.in_flight }).collect())
}

pub async fn move_turn(tx: &mut Tx, office: OfficeId, id: TurnId, to: ConversationId) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE turns SET conversation_id = $3 WHERE office_id = $1 AND id = $2", office.0, id.0, to.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// The turn that collects in a conversation, opened if there is none.
pub async fn reopen(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    epoch: i64,
    fresh: TurnId,
    now: DateTime<Utc>,
) -> Result<TurnId, sqlx::Error> {
    let id = sqlx::query_scalar!(
        "INSERT INTO turns (id, office_id, conversation_id, epoch, first_at, close_at) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (conversation_id) WHERE state = 'open' DO UPDATE SET epoch = $4 RETURNING id",
        fresh.0,
        office.0,
        conversation.0,
        epoch,
        now,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(TurnId(id))
}

pub async fn move_turn_messages(tx: &mut Tx, office: OfficeId, from: TurnId, to: TurnId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET turn_id = $3 WHERE office_id = $1 AND turn_id = $2 AND direction = 'inbound'",
        office.0,
        from.0,
        to.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn refuse(tx: &mut Tx, office: OfficeId, id: TurnId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE turns SET state = 'closed', outcome = 'refused', closed_at = $3 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Numbers the messages on at the end of the other conversation, and notes each for screens that come back. Bot
/// messages that wait to be sent go on under `epoch`, if the fence did not rise. Answers how many.
pub async fn move_messages(
    tx: &mut Tx,
    office: OfficeId,
    old: &Locked,
    new: ConversationId,
    epoch: Option<i64>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH place AS (
               SELECT m.id, (SELECT last_seq FROM conversations WHERE id = $3) + row_number() OVER (ORDER BY m.seq) AS seq
               FROM messages m WHERE m.office_id = $1 AND m.conversation_id = $2),
           moved AS (
               UPDATE messages m SET conversation_id = $3, seq = place.seq,
                      epoch = CASE WHEN m.status = 'queued' AND m.epoch = $5 AND $4::bigint IS NOT NULL THEN $4 ELSE m.epoch END
               FROM place WHERE m.id = place.id RETURNING m.id, m.seq),
           files AS (UPDATE media SET conversation_id = $3 WHERE office_id = $1 AND conversation_id = $2),
           noted AS (
               INSERT INTO conversation_changes (office_id, conversation_id, seq, message_id)
               SELECT $1, $3, seq, id FROM moved ORDER BY seq)
           SELECT count(*) AS "moved!" FROM moved"#,
        office.0,
        old.id.0,
        new.0,
        epoch,
        old.epoch,
    )
    .fetch_one(&mut **tx)
    .await
}

/// What the conversation that stays takes over: the later times, the reasons to look, the person who comes in.
pub async fn take_over_state(
    tx: &mut Tx,
    office: OfficeId,
    old: ConversationId,
    new: ConversationId,
    epoch: i64,
    holder: Option<&Holder>,
    moved: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE conversations n SET last_seq = n.last_seq + $7, epoch = $4,
                last_message_at = greatest(n.last_message_at, o.last_message_at),
                last_inbound_at = greatest(n.last_inbound_at, o.last_inbound_at),
                summary = coalesce(n.summary, o.summary),
                unread = n.unread + o.unread,
                pair_full_at = greatest(n.pair_full_at, o.pair_full_at),
                waiting_reason = coalesce(n.waiting_reason, CASE WHEN n.status = 'bot' AND o.status = 'waiting' THEN o.waiting_reason END),
                waiting_since = coalesce(n.waiting_since, CASE WHEN n.status = 'bot' AND o.status = 'waiting' THEN o.waiting_since END),
                status = CASE WHEN $5::text IS NOT NULL THEN 'human' WHEN n.status = 'bot' THEN CASE o.status WHEN 'waiting' THEN 'waiting' ELSE 'bot' END ELSE n.status END,
                holder_id = coalesce($5, n.holder_id), holder_name = coalesce($6, n.holder_name)
         FROM conversations o WHERE n.office_id = $1 AND n.id = $3 AND o.id = $2",
        office.0,
        old.0,
        new.0,
        epoch,
        holder.map(|holder| holder.id.as_str()),
        holder.map(|holder| holder.name.as_str()),
        moved,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The conversation is part of another one: it leads there, and no list shows it.
pub async fn close(tx: &mut Tx, office: OfficeId, old: ConversationId, new: ConversationId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE conversations SET status = 'bot', holder_id = NULL, holder_name = NULL, waiting_reason = NULL, waiting_since = NULL,
                summary = NULL, last_message_at = NULL, unread = 0, merged_into = $3
         WHERE office_id = $1 AND (id = $2 OR merged_into = $2)",
        office.0,
        old.0,
        new.0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Whatever still names the contact that goes.
pub async fn move_messages_of_contact(
    tx: &mut Tx,
    office: OfficeId,
    from: ContactId,
    into: ContactId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE blocks SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("UPDATE media SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2", office.0, from.0, into.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}
