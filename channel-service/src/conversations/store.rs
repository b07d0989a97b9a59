//! SQL of conversations.

use chrono::{DateTime, Duration, Utc};
use contracts::dto::channel::ConversationView;
use contracts::events::conversation::{ConversationChanged, Holder};
use contracts::{ContactId, ConversationId, MessageId, OfficeId, PhoneNumberId};
use platform::outbox::{self, AppendError, Cause};
use platform::{Context, Tx};
use uuid::Uuid;

/// How long after a citizen's message anything may be written.
pub const WINDOW_HOURS: i64 = 24;

/// A conversation whose row this transaction holds locked.
#[derive(Debug, Clone)]
pub struct Locked {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub phone_number_id: PhoneNumberId,
    pub status: String,
    pub epoch: i64,
    pub last_seq: i64,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub holder_id: Option<String>,
    pub holder_name: Option<String>,
}

macro_rules! locked {
    ($row:expr) => {
        Locked {
            id: ConversationId($row.id),
            contact_id: ContactId($row.contact_id),
            phone_number_id: PhoneNumberId($row.phone_number_id),
            status: $row.status,
            epoch: $row.epoch,
            last_seq: $row.last_seq,
            last_inbound_at: $row.last_inbound_at,
            holder_id: $row.holder_id,
            holder_name: $row.holder_name,
        }
    };
}

/// Finds or makes the conversation, locks it, and takes the next seq for an inbound message.
pub async fn next_inbound(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    number: &PhoneNumberId,
    sent_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Locked, sqlx::Error> {
    let row = sqlx::query!(
        "INSERT INTO conversations (id, office_id, contact_id, phone_number_id, last_seq, last_message_at, last_inbound_at)
         VALUES ($1, $2, $3, $4, 1, $5, $6)
         ON CONFLICT ON CONSTRAINT one_conversation_per_contact_and_number DO UPDATE
         SET last_seq = conversations.last_seq + 1, last_message_at = $5, last_inbound_at = greatest(conversations.last_inbound_at, $6)
         RETURNING id, contact_id, phone_number_id, status, epoch, last_seq, last_inbound_at, holder_id, holder_name",
        Uuid::now_v7(),
        office.0,
        contact.0,
        number.0,
        now,
        sent_at,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(locked!(row))
}

/// Finds or makes the conversation for an outbound message, and locks it.
pub async fn for_outbound(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    number: &PhoneNumberId,
) -> Result<Locked, sqlx::Error> {
    let row = sqlx::query!(
        "INSERT INTO conversations (id, office_id, contact_id, phone_number_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT one_conversation_per_contact_and_number DO UPDATE SET phone_number_id = excluded.phone_number_id
         RETURNING id, contact_id, phone_number_id, status, epoch, last_seq, last_inbound_at, holder_id, holder_name",
        Uuid::now_v7(),
        office.0,
        contact.0,
        number.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(locked!(row))
}

/// The number at which the contact wrote last.
pub async fn latest_number(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
) -> Result<Option<PhoneNumberId>, sqlx::Error> {
    let number = sqlx::query_scalar!(
        "SELECT phone_number_id FROM conversations WHERE office_id = $1 AND contact_id = $2 ORDER BY last_inbound_at DESC NULLS LAST LIMIT 1",
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(number.map(PhoneNumberId))
}

/// Locks a conversation.
pub async fn lock(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<Option<Locked>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, contact_id, phone_number_id, status, epoch, last_seq, last_inbound_at, holder_id, holder_name
         FROM conversations WHERE office_id = $1 AND id = $2 FOR UPDATE",
        office.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| locked!(row)))
}

/// Locks the conversation that the contact used last.
pub async fn lock_latest_of(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<Locked>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, contact_id, phone_number_id, status, epoch, last_seq, last_inbound_at, holder_id, holder_name
         FROM conversations WHERE office_id = $1 AND contact_id = $2 ORDER BY last_message_at DESC NULLS LAST LIMIT 1 FOR UPDATE",
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| locked!(row)))
}

/// Takes the next seq for a change; locks the row.
pub async fn next_change(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE conversations SET last_seq = last_seq + 1 WHERE office_id = $1 AND id = $2 RETURNING last_seq",
        office.0,
        id.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Takes the next seq for an outbound message.
pub async fn next_outbound(
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE conversations SET last_seq = last_seq + 1, last_message_at = $3 WHERE office_id = $1 AND id = $2 RETURNING last_seq",
        office.0,
        id.0,
        now,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Who has a conversation from now on. The caller holds its lock.
#[derive(Debug, Default)]
pub struct Standing<'a> {
    pub status: &'a str,
    pub epoch: i64,
    pub holder: Option<&'a Holder>,
    pub waiting_reason: Option<&'a str>,
    pub summary: Option<&'a str>,
}

/// Changes who has a conversation, and tells.
pub async fn stand(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    to: &Standing<'_>,
    cause: &Cause,
) -> Result<(), AppendError> {
    let seq = sqlx::query_scalar!(
        "UPDATE conversations SET status = $3, epoch = $4, holder_id = $5, holder_name = $6, waiting_reason = $7,
                                  summary = coalesce($8, summary), last_seq = last_seq + 1
         WHERE office_id = $1 AND id = $2 RETURNING last_seq",
        office.0,
        id.0,
        to.status,
        to.epoch,
        to.holder.map(|holder| holder.id.as_str()),
        to.holder.map(|holder| holder.name.as_str()),
        to.waiting_reason,
        to.summary,
    )
    .fetch_one(&mut **tx)
    .await?;
    note_change(tx, office, id, seq, None).await?;
    if let Some(change) = view(tx, office, id).await? {
        outbox::append(ctx, tx, office, &ConversationChanged { conversation_id: id, seq, change }, cause).await?;
    }
    Ok(())
}

/// Notes a change for screens that come back after a gap.
pub async fn note_change(
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    seq: i64,
    message: Option<MessageId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO conversation_changes (office_id, conversation_id, seq, message_id) VALUES ($1, $2, $3, $4)",
        office.0,
        id.0,
        seq,
        message.map(|id| id.0),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

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
}

impl From<Row> for ConversationView {
    fn from(row: Row) -> Self {
        Self {
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
            window_closes_at: row.last_inbound_at.map(|at| at + Duration::hours(WINDOW_HOURS)),
        }
    }
}

/// One conversation.
pub async fn view(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<Option<ConversationView>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT c.id, c.contact_id, c.phone_number_id, p.wa_user_id, p.name, c.status, c.epoch, c.holder_id, c.holder_name,
                c.waiting_reason, c.summary, c.last_seq, c.last_message_at, c.last_inbound_at
         FROM conversations c JOIN user_profiles p ON p.contact_id = c.contact_id WHERE c.office_id = $1 AND c.id = $2",
        office.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Into::into))
}

/// Which conversations to list.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    pub status: Option<&'a str>,
    pub q: Option<&'a str>,
    pub assigned_to: Option<&'a str>,
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
    let (before_at, before_id) = filter.before.unzip();
    let rows = sqlx::query_as!(
        Row,
        "SELECT c.id, c.contact_id, c.phone_number_id, p.wa_user_id, p.name, c.status, c.epoch, c.holder_id, c.holder_name,
                c.waiting_reason, c.summary, c.last_seq, c.last_message_at, c.last_inbound_at
         FROM conversations c JOIN user_profiles p ON p.contact_id = c.contact_id
         WHERE c.office_id = $1 AND ($2::text IS NULL OR c.status = $2) AND ($3::text IS NULL OR c.holder_id = $3)
           AND ($4::text IS NULL OR strpos(lower(coalesce(p.name, '')), lower($4)) > 0 OR strpos(coalesce(p.wa_user_id, ''), $4) > 0)
           AND ($5::timestamptz IS NULL OR (c.last_message_at, c.id) < ($5, $6)) AND c.last_message_at IS NOT NULL
         ORDER BY c.last_message_at DESC, c.id DESC LIMIT $7",
        office.0,
        filter.status,
        filter.assigned_to,
        filter.q,
        before_at,
        before_id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One change, and where it stands in the order of commits.
#[derive(Debug)]
pub struct Change {
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub message_id: Option<MessageId>,
    pub cursor: String,
}

/// Changes of finished transactions after a cursor, in the order in which they can safely be read.
pub async fn changes(tx: &mut Tx, office: OfficeId, after: (i64, i64), limit: i64) -> Result<Vec<Change>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT conversation_id, seq, message_id, xid::text || '.' || id AS "cursor!" FROM conversation_changes
           WHERE office_id = $1 AND (xid, id) > ($2::text::xid8, $3) AND xid < pg_snapshot_xmin(pg_current_snapshot())
           ORDER BY xid, id LIMIT $4"#,
        office.0,
        after.0.to_string(),
        after.1,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Change {
            conversation_id: ConversationId(row.conversation_id),
            seq: row.seq,
            message_id: row.message_id.map(MessageId),
            cursor: row.cursor,
        })
        .collect())
}

/// Where the next change will come after: for a screen that starts now.
pub async fn horizon(tx: &mut Tx) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text || '.9223372036854775807' AS "cursor!""#)
        .fetch_one(&mut **tx)
        .await
}
