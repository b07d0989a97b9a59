//! SQL of the intake: one statement for many rows.

mod amendments;
mod conversations;
mod reports;

pub use amendments::{edit, fill_placeholder, react, revoke, target};
pub use conversations::{Conversation, lock_conversations, open_conversations, update_conversations};
pub use reports::{Tracked, keep_early, move_messages, note_traffic, tracked};

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use contracts::{ConversationId, MessageId, OfficeId};
use platform::{Tx, outbox};
use serde_json::Value;
use uuid::Uuid;

use super::arrival::NewMessage;

/// Remembers these keys, in their order; answers those that nobody has seen before.
pub async fn first_seen(
    tx: &mut Tx,
    keys: &BTreeSet<(Vec<u8>, OfficeId)>,
    now: DateTime<Utc>,
) -> Result<HashSet<Vec<u8>>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let (keys, offices): (Vec<Vec<u8>>, Vec<Uuid>) = keys.iter().map(|(key, office)| (key.clone(), office.0)).unzip();
    let fresh = sqlx::query_scalar!(
        "INSERT INTO inbound_dedup (key, office_id, seen_at)
         SELECT key, office, $3 FROM unnest($1::bytea[], $2::uuid[]) WITH ORDINALITY AS u(key, office, n) ORDER BY n
         ON CONFLICT DO NOTHING RETURNING key",
        &keys,
        &offices,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(fresh.into_iter().collect())
}

/// Adds messages; answers the ids of those that were not there by their wamid.
pub async fn insert_messages(tx: &mut Tx, messages: &[NewMessage<'_>]) -> Result<HashSet<Uuid>, sqlx::Error> {
    if messages.is_empty() {
        return Ok(HashSet::new());
    }
    let stored = sqlx::query_scalar!(
        "INSERT INTO messages (id, office_id, conversation_id, contact_id, seq, direction, author, kind, text, described, reply_id,
                               reply_to, group_id, media, location, payload, wamid, status, turn_id, sent_at)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                              $9::text[], $10::boolean[], $11::text[], $12::text[], $13::text[], $14::jsonb[], $15::jsonb[],
                              $16::jsonb[], $17::text[], $18::text[], $19::uuid[], $20::timestamptz[])
         ON CONFLICT (office_id, wamid) WHERE wamid IS NOT NULL DO NOTHING RETURNING id",
        &column(messages, |one| one.view.id.0),
        &column(messages, |one| one.office.0),
        &column(messages, |one| one.view.conversation_id.0),
        &column(messages, |one| one.view.contact_id.0),
        &column(messages, |one| one.view.seq),
        &column(messages, |one| one.view.direction.as_str().to_owned()),
        &column(messages, |one| one.view.author.as_str().to_owned()),
        &column(messages, |one| one.view.kind.clone()),
        &column(messages, |one| one.view.text.clone()) as &[Option<String>],
        &column(messages, |one| one.described),
        &column(messages, |one| one.reply_id.map(str::to_owned)) as &[Option<String>],
        &column(messages, |one| one.view.marks.reply_to.clone()) as &[Option<String>],
        &column(messages, |one| one.view.marks.group_id.clone()) as &[Option<String>],
        &column(messages, |one| json(one.view.media.as_ref())) as &[Option<Value>],
        &column(messages, |one| json(one.view.location.as_ref())) as &[Option<Value>],
        &column(messages, |one| without_nul(one.raw)),
        &column(messages, |one| one.view.wamid.clone()) as &[Option<String>],
        &column(messages, |one| one.view.status.as_str().to_owned()),
        &column(messages, |one| one.turn.map(|turn| turn.0)) as &[Option<Uuid>],
        &column(messages, |one| one.view.sent_at),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(stored.into_iter().collect())
}

fn column<'a, T>(messages: &'a [NewMessage<'a>], of: impl Fn(&'a NewMessage<'a>) -> T) -> Vec<T> {
    messages.iter().map(of).collect()
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Option<Value> {
    value.and_then(|value| serde_json::to_value(value).ok())
}

/// jsonb can't hold a NUL.
fn without_nul(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => Value::Array(items.iter().map(without_nul).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.replace('\0', ""), without_nul(value))).collect())
        }
        other => other.clone(),
    }
}

/// A place in a conversation that a message took.
#[derive(Debug)]
pub struct Change {
    pub office: OfficeId,
    pub conversation: ConversationId,
    pub seq: i64,
    pub message: MessageId,
}

/// Notes changes for screens that come back after a gap.
pub async fn insert_changes(tx: &mut Tx, changes: &[Change]) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO conversation_changes (office_id, conversation_id, seq, message_id)
         SELECT office, conversation, seq, message
         FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[]) WITH ORDINALITY AS u(office, conversation, seq, message, n)
         ORDER BY n",
        &changes.iter().map(|change| change.office.0).collect::<Vec<_>>(),
        &changes.iter().map(|change| change.conversation.0).collect::<Vec<_>>(),
        &changes.iter().map(|change| change.seq).collect::<Vec<_>>(),
        &changes.iter().map(|change| change.message.0).collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Puts events into the outbox, in their order.
pub async fn insert_events(tx: &mut Tx, events: &[(OfficeId, outbox::Row)]) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO outbox (event_id, office_id, routing_key, aggregate, headers, body)
         SELECT event, office, routing_key, aggregate, headers, body
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[])
              WITH ORDINALITY AS u(event, office, routing_key, aggregate, headers, body, n) ORDER BY n",
        &events.iter().map(|(_, row)| row.event_id).collect::<Vec<_>>(),
        &events.iter().map(|(office, _)| office.0).collect::<Vec<_>>(),
        &events.iter().map(|(_, row)| row.routing_key.to_owned()).collect::<Vec<_>>(),
        &events.iter().map(|(_, row)| row.aggregate.clone()).collect::<Vec<_>>(),
        &events.iter().map(|(_, row)| row.headers.clone()).collect::<Vec<_>>(),
        &events.iter().map(|(_, row)| row.body.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn savepoint(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SAVEPOINT item").execute(&mut **tx).await.map(drop)
}

pub async fn release(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("RELEASE SAVEPOINT item").execute(&mut **tx).await.map(drop)
}

pub async fn roll_back(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("ROLLBACK TO SAVEPOINT item").execute(&mut **tx).await.map(drop)
}
