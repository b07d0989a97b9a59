//! SQL of conversations.

mod views;

use chrono::{DateTime, Utc};
use contracts::events::conversation::{ConversationChanged, Holder};
use contracts::{ContactId, ConversationId, MessageId, OfficeId, PhoneNumberId};
use platform::outbox::{self, AppendError, Cause};
use platform::{Context, Tx};
use uuid::Uuid;

pub use views::{Filter, list, view};

/// A conversation whose row this transaction holds locked.
#[derive(Debug, Clone)]
pub struct Locked {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub phone_number_id: PhoneNumberId,
    pub status: String,
    pub epoch: i64,
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
            last_inbound_at: $row.last_inbound_at,
            holder_id: $row.holder_id,
            holder_name: $row.holder_name,
        }
    };
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
         RETURNING id, contact_id, phone_number_id, status, epoch, last_inbound_at, holder_id, holder_name, merged_into",
        Uuid::now_v7(),
        office.0,
        contact.0,
        number.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    match row.merged_into {
        None => Ok(locked!(row)),
        Some(into) => lock(tx, office, ConversationId(into)).await?.ok_or(sqlx::Error::RowNotFound),
    }
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

/// Locks a conversation; one that became part of another leads to that.
pub async fn lock(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<Option<Locked>, sqlx::Error> {
    let mut id = id.0;
    // Whoever waited here for a merge sees where it led in the row itself; the next statement sees the other one.
    loop {
        let row = sqlx::query!(
            "SELECT id, contact_id, phone_number_id, status, epoch, last_inbound_at, holder_id, holder_name, merged_into
             FROM conversations WHERE office_id = $1 AND id = $2 FOR UPDATE",
            office.0,
            id,
        )
        .fetch_optional(&mut **tx)
        .await?;
        match row {
            None => return Ok(None),
            Some(row) => match row.merged_into {
                None => return Ok(Some(locked!(row))),
                Some(into) => id = into,
            },
        }
    }
}

/// Locks the conversation that the contact used last.
pub async fn lock_latest_of(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<Locked>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, contact_id, phone_number_id, status, epoch, last_inbound_at, holder_id, holder_name
         FROM conversations WHERE office_id = $1 AND contact_id = $2 AND merged_into IS NULL
         ORDER BY last_message_at DESC NULLS LAST LIMIT 1 FOR UPDATE",
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
        "UPDATE conversations SET last_seq = last_seq + 1, last_message_at = $3, unread = 0 WHERE office_id = $1 AND id = $2 RETURNING last_seq",
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
                                  summary = coalesce($8, summary), last_seq = last_seq + 1,
                                  waiting_since = CASE WHEN $3 = 'waiting' THEN coalesce(waiting_since, $9) END
         WHERE office_id = $1 AND id = $2 RETURNING last_seq",
        office.0,
        id.0,
        to.status,
        to.epoch,
        to.holder.map(|holder| holder.id.as_str()),
        to.holder.map(|holder| holder.name.as_str()),
        to.waiting_reason,
        to.summary,
        ctx.clock.now(),
    )
    .fetch_one(&mut **tx)
    .await?;
    tell(ctx, tx, office, id, seq, cause).await
}

/// Tells of a change that was made beside the standing: a warning, a block, what was read.
pub async fn changed(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    cause: &Cause,
) -> Result<(), AppendError> {
    let seq = next_change(tx, office, id).await?;
    tell(ctx, tx, office, id, seq, cause).await
}

async fn tell(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    seq: i64,
    cause: &Cause,
) -> Result<(), AppendError> {
    note_change(tx, office, id, seq, None).await?;
    if let Some(change) = view(tx, office, id).await? {
        outbox::append(ctx, tx, office, &ConversationChanged { conversation_id: id, seq, change }, cause).await?;
    }
    Ok(())
}

/// Somebody looked at it. `false`: there was nothing to look at.
pub async fn read(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<bool, sqlx::Error> {
    let read = sqlx::query!(
        "UPDATE conversations SET unread = 0 WHERE office_id = $1 AND id = $2 AND unread > 0",
        office.0,
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(read.rows_affected() == 1)
}

/// The contact's conversations, in the order of locking.
pub async fn of_contact(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<ConversationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM conversations WHERE office_id = $1 AND contact_id = $2 AND merged_into IS NULL ORDER BY id",
        office.0,
        contact.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ConversationId).collect())
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
