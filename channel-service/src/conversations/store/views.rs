//! SQL of conversations as lists and screens show them.

use chrono::{DateTime, Utc};
use contracts::dto::channel::{ConversationView, MessagePreview};
use contracts::events::conversation::Holder;
use contracts::message::{Author, MessageStatus};
use contracts::{ContactId, ConversationId, OfficeId, PhoneNumberId};
use platform::Tx;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::conversations::window_closes_at;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    contact_id: Uuid,
    phone_number_id: String,
    wa_user_id: Option<String>,
    name: Option<String>,
    status: String,
    epoch: i64,
    holder_id: Option<String>,
    holder_name: Option<String>,
    waiting_reason: Option<String>,
    summary: Option<String>,
    last_seq: i64,
    last_message_at: Option<DateTime<Utc>>,
    last_inbound_at: Option<DateTime<Utc>>,
    waiting_since: Option<DateTime<Utc>>,
    takeover_expires_at: Option<DateTime<Utc>>,
    last_note: Option<String>,
    last_author: Option<String>,
    last_kind: Option<String>,
    last_text: Option<String>,
    last_status: Option<String>,
    unread: i32,
    warned: bool,
    blocked: bool,
}

impl Row {
    fn last_message(&self) -> Option<MessagePreview> {
        Some(MessagePreview {
            author: Author::from_word(self.last_author.as_deref()?)?,
            kind: self.last_kind.clone()?,
            text: self.last_text.clone(),
            status: MessageStatus::from_word(self.last_status.as_deref()?)?,
        })
    }
}

impl From<Row> for ConversationView {
    fn from(row: Row) -> Self {
        Self {
            last_message: row.last_message(),
            id: ConversationId(row.id),
            contact_id: ContactId(row.contact_id),
            phone_number_id: PhoneNumberId(row.phone_number_id),
            wa_user_id: row.wa_user_id,
            name: row.name,
            status: row.status,
            epoch: row.epoch,
            holder: row.holder_id.zip(row.holder_name).map(|(id, name)| Holder { id, name }),
            waiting_reason: row.waiting_reason,
            summary: row.summary,
            last_seq: row.last_seq,
            last_message_at: row.last_message_at,
            window_closes_at: row.last_inbound_at.map(window_closes_at),
            waiting_since: row.waiting_since,
            takeover_expires_at: row.takeover_expires_at,
            last_note: row.last_note,
            unread: row.unread,
            warning: row.warned.then(|| "takeover_expires".to_owned()),
            blocked: row.blocked,
        }
    }
}

const SELECT: &str = "SELECT c.id, c.contact_id, c.phone_number_id, p.wa_user_id, p.name, c.status, c.epoch, c.holder_id, c.holder_name,
        c.waiting_reason, c.waiting_since, c.summary, c.last_seq, c.last_message_at, c.last_inbound_at, c.unread,
        s.expires_at AS takeover_expires_at, s.warned_at IS NOT NULL AS warned, n.note AS last_note,
        m.author AS last_author, m.kind AS last_kind, m.text AS last_text, m.status AS last_status,
        EXISTS (SELECT 1 FROM blocks b WHERE b.office_id = c.office_id AND b.contact_id = c.contact_id AND b.lifted_at IS NULL) AS blocked
    FROM conversations c
    JOIN user_profiles p ON p.contact_id = c.contact_id
    LEFT JOIN takeover_sessions s ON s.conversation_id = c.id AND s.ended_at IS NULL
    LEFT JOIN LATERAL (SELECT t.note FROM takeover_sessions t WHERE t.conversation_id = c.id AND t.ended_at IS NOT NULL
                       ORDER BY t.ended_at DESC LIMIT 1) n ON true
    LEFT JOIN LATERAL (SELECT author, kind, left(text, 160) AS text, status FROM messages
                       WHERE conversation_id = c.id ORDER BY seq DESC LIMIT 1) m ON true
    WHERE c.office_id = ";

/// One conversation; one that became part of another leads to that.
pub async fn view(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<Option<ConversationView>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push_bind(office.0);
    query.push(" AND c.id = coalesce((SELECT merged_into FROM conversations WHERE office_id = ").push_bind(office.0);
    query.push(" AND id = ").push_bind(id.0).push("), ").push_bind(id.0).push(")");
    let row: Option<Row> = query.build_query_as().fetch_optional(&mut **tx).await?;
    Ok(row.map(Into::into))
}

/// Which conversations to list.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    pub status: Option<&'a str>,
    /// Beginnings of words of the name or of the number, from either end; all of them.
    pub words: Vec<String>,
    pub assigned_to: Option<&'a str>,
    pub unread: bool,
    /// Only those before this place.
    pub before: Option<(DateTime<Utc>, Uuid)>,
}

/// Conversations, the latest first.
pub async fn list(
    tx: &mut Tx,
    office: OfficeId,
    filter: &Filter<'_>,
    limit: i64,
) -> Result<Vec<ConversationView>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push_bind(office.0).push(" AND c.merged_into IS NULL AND c.last_message_at IS NOT NULL");
    // Written out, so that the partial index of those that are not the bot's serves.
    match filter.status {
        Some("waiting") => query.push(" AND c.status = 'waiting' AND c.status <> 'bot'"),
        Some("human") => query.push(" AND c.status = 'human' AND c.status <> 'bot'"),
        Some(_) => query.push(" AND c.status = 'bot'"),
        None => &mut query,
    };
    if let Some(holder) = filter.assigned_to {
        query.push(" AND c.holder_id = ").push_bind(holder.to_owned());
    }
    if filter.unread {
        query.push(" AND c.unread > 0");
    }
    for word in &filter.words {
        // A range of bytes is in the index, also below row-level security.
        query.push(" AND c.contact_id IN (SELECT contact_id FROM contact_words WHERE office_id = ").push_bind(office.0);
        query.push(" AND word >= ").push_bind(word.clone());
        query.push(" AND word < ").push_bind(format!("{word}\u{10ffff}")).push(")");
    }
    if let Some((at, id)) = filter.before {
        query.push(" AND (c.last_message_at, c.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY c.last_message_at DESC, c.id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
