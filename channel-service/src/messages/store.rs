//! SQL of messages.

use chrono::{DateTime, Utc};
use contracts::message::{Author, Direction, MessageMarks, MessageStatus, MessageView};
use contracts::{ContactId, ConversationId, MessageId, OfficeId, PhoneNumberId, TurnId};
use platform::Tx;
use serde_json::Value;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::sending::{errors, progress};

/// An outgoing message as it is stored.
#[derive(Debug)]
pub struct OutgoingRow<'a> {
    pub view: &'a MessageView,
    pub number: &'a PhoneNumberId,
    pub fields: &'a Value,
    pub turn: Option<TurnId>,
    pub epoch: i64,
    pub next_attempt_at: DateTime<Utc>,
    pub may_be_overtaken: bool,
    pub ttl_seconds: Option<i32>,
}

pub async fn insert_outgoing(tx: &mut Tx, office: OfficeId, row: &OutgoingRow<'_>) -> Result<(), sqlx::Error> {
    let view = row.view;
    sqlx::query!(
        "INSERT INTO messages (id, office_id, conversation_id, contact_id, seq, direction, author, kind, text, payload, status, turn_id, epoch,
                               next_attempt_at, sent_at, phone_number_id, may_be_overtaken, ttl_seconds, media, location, reply_to)
         VALUES ($1, $2, $3, $4, $5, 'outbound', $6, $7, $8, $9, 'queued', $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        view.id.0,
        office.0,
        view.conversation_id.0,
        view.contact_id.0,
        view.seq,
        view.author.as_str(),
        view.kind,
        view.text,
        row.fields,
        row.turn.map(|turn| turn.0),
        row.epoch,
        row.next_attempt_at,
        view.sent_at,
        row.number.0,
        row.may_be_overtaken,
        row.ttl_seconds,
        json(view.media.as_ref()),
        json(view.location.as_ref()),
        view.marks.reply_to,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Option<Value> {
    value.and_then(|value| serde_json::to_value(value).ok())
}

/// Which messages to list.
#[derive(Debug, Default)]
pub struct Filter {
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub direction: Option<Direction>,
    /// Only those before this message, within one conversation or over all of a contact's.
    pub before: Option<MessageId>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    wamid: Option<String>,
    conversation_id: Uuid,
    contact_id: Uuid,
    wa_user_id: Option<String>,
    seq: i64,
    direction: String,
    author: String,
    kind: String,
    text: Option<String>,
    media: Option<Value>,
    location: Option<Value>,
    status: String,
    error: Option<Value>,
    sent_at: DateTime<Utc>,
    reply_to: Option<String>,
    group_id: Option<String>,
    edited_at: Option<DateTime<Utc>>,
    original_text: Option<String>,
    revoked_at: Option<DateTime<Utc>>,
    reactions: Value,
}

impl From<Row> for MessageView {
    fn from(row: Row) -> Self {
        Self {
            id: MessageId(row.id),
            wamid: row.wamid,
            conversation_id: ConversationId(row.conversation_id),
            contact_id: ContactId(row.contact_id),
            wa_user_id: row.wa_user_id,
            seq: row.seq,
            direction: if row.direction == "inbound" { Direction::Inbound } else { Direction::Outbound },
            author: Author::from_word(&row.author).unwrap_or(Author::System),
            kind: row.kind,
            text: row.text,
            media: row.media.and_then(|value| serde_json::from_value(value).ok()),
            location: row.location.and_then(|value| serde_json::from_value(value).ok()),
            status: MessageStatus::from_word(&row.status).unwrap_or(MessageStatus::Failed),
            error: row.error.as_ref().map(in_words),
            sent_at: row.sent_at,
            marks: MessageMarks {
                reply_to: row.reply_to,
                edited_at: row.edited_at,
                original_text: row.original_text,
                revoked_at: row.revoked_at,
                reactions: serde_json::from_value(row.reactions).unwrap_or_default(),
                group_id: row.group_id,
            },
        }
    }
}

/// The first error of a send, for staff: what happened and what to do, then what WhatsApp calls it.
fn in_words(error: &Value) -> String {
    let first = error.get(0).unwrap_or(error);
    let part = |pointer: &str| first.pointer(pointer).and_then(Value::as_str);
    let title = part("/title").or_else(|| part("/message")).unwrap_or("WhatsApp menolak pesan ini");
    let code = first.get("code").and_then(Value::as_i64);
    let details = progress::details(first).map(|details| format!(": {details}")).unwrap_or_default();
    let subcode = first.get("error_subcode").and_then(Value::as_i64);
    match code {
        Some(code) => format!("{} ({code} {title}{details})", errors::meaning(code, subcode).explanation),
        None => format!("{title}{details}"),
    }
}

const COLUMNS: &str = "SELECT m.id, m.wamid, m.conversation_id, m.contact_id, p.wa_user_id, m.seq, m.direction, m.author, m.kind, m.text,
    m.media, m.location, m.status, m.error, m.sent_at, m.reply_to, m.group_id, m.edited_at, m.original_text, m.revoked_at, m.reactions FROM messages m JOIN user_profiles p ON p.contact_id = m.contact_id WHERE m.office_id = ";

/// Messages, the latest first.
pub async fn list(tx: &mut Tx, office: OfficeId, filter: &Filter, limit: i64) -> Result<Vec<MessageView>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push_bind(office.0);
    if let Some(contact) = filter.contact {
        query.push(" AND m.contact_id = ").push_bind(contact.0);
    }
    if let Some(conversation) = filter.conversation {
        query.push(" AND m.conversation_id = ").push_bind(conversation.0);
    }
    if let Some(direction) = filter.direction {
        query.push(" AND m.direction = ").push_bind(direction.as_str());
    }
    if let Some(before) = filter.before {
        query.push(" AND m.id < ").push_bind(before.0);
    }
    // Ids are made in the order of arrival; those of imported history sort where it belongs.
    query.push(" ORDER BY m.id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One message.
pub async fn view(tx: &mut Tx, office: OfficeId, id: MessageId) -> Result<Option<MessageView>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push_bind(office.0).push(" AND m.id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(&mut **tx).await?;
    Ok(row.map(Into::into))
}
