//! The SQL of notifications. The caller owns the transaction; every query names the office.

use chrono::{DateTime, Utc};
use contracts::dto::notification::{AttemptView, NotificationView};
use contracts::{ContactId, MessageId, NotificationId, OfficeId, TurnId};
use platform::Tx;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::Status;
use super::enqueue::New;
use super::http::Filter;

/// A row of `notifications`, as far as screens show it.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    id: Uuid,
    contact_id: Uuid,
    kind: String,
    template: Option<String>,
    text: String,
    status: String,
    message_id: Option<Uuid>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for NotificationView {
    fn from(row: Row) -> Self {
        Self {
            id: NotificationId(row.id),
            contact_id: ContactId(row.contact_id),
            kind: row.kind,
            template: row.template,
            text: row.text,
            status: row.status,
            message_id: row.message_id.map(MessageId),
            reason: row.reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Stores a notification. `false`: its id is known.
#[expect(clippy::too_many_arguments, reason = "the columns of one row; a struct would only rename them")]
pub async fn insert(
    tx: &mut Tx,
    office: OfficeId,
    new: &New,
    contact: ContactId,
    status: Status,
    turn: Option<TurnId>,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO notifications (id, office_id, contact_id, kind, template, text, status, waits_for_turn, reason,
                                    next_attempt_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10) ON CONFLICT DO NOTHING",
        new.id.0,
        office.0,
        contact.0,
        new.kind,
        new.template,
        new.text,
        status.as_str(),
        turn.map(|turn| turn.0),
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One notification.
pub async fn find(tx: &mut Tx, office: OfficeId, id: NotificationId) -> Result<Option<NotificationView>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, contact_id, kind, template, text, status, message_id, reason, created_at, updated_at
         FROM notifications WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(NotificationView::from))
}

/// Its tries, from the first.
pub async fn attempts(tx: &mut Tx, office: OfficeId, id: NotificationId) -> Result<Vec<AttemptView>, sqlx::Error> {
    sqlx::query_as!(
        AttemptView,
        "SELECT number, outcome, detail, times, first_at, last_at FROM notification_attempts
         WHERE office_id = $1 AND notification = $2 ORDER BY number",
        office.0,
        id.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// One page and one row more, the latest first.
pub async fn page(tx: &mut Tx, office: OfficeId, filter: &Filter) -> Result<Vec<NotificationView>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT id, contact_id, kind, template, text, status, message_id, reason, created_at, updated_at
         FROM notifications WHERE office_id = ",
    );
    query.push_bind(office.0);
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.as_str());
    }
    if let Some(kind) = &filter.kind {
        query.push(" AND kind = ").push_bind(kind.clone());
    }
    if let Some(contact) = filter.contact_id {
        query.push(" AND contact_id = ").push_bind(contact.0);
    }
    if let Some((at, id)) = filter.after {
        query.push(" AND (created_at, id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(i64::from(filter.limit) + 1);
    let rows = query.build_query_as::<Row>().fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(NotificationView::from).collect())
}

/// What a report about a notification needs to know of it. Locks the row.
#[derive(Debug)]
pub struct Standing {
    pub id: NotificationId,
    pub contact: ContactId,
    pub kind: String,
    pub status: Status,
}

struct StandingRow {
    id: Uuid,
    contact_id: Uuid,
    kind: String,
    status: String,
}

impl TryFrom<StandingRow> for Standing {
    type Error = sqlx::Error;

    fn try_from(row: StandingRow) -> Result<Self, sqlx::Error> {
        let status = Status::from_word(&row.status).ok_or_else(|| sqlx::Error::Decode("an unknown status".into()))?;
        Ok(Self { id: NotificationId(row.id), contact: ContactId(row.contact_id), kind: row.kind, status })
    }
}

/// Locks a notification by its id.
pub async fn lock(tx: &mut Tx, office: OfficeId, id: NotificationId) -> Result<Option<Standing>, sqlx::Error> {
    sqlx::query_as!(
        StandingRow,
        "SELECT id, contact_id, kind, status FROM notifications WHERE office_id = $1 AND id = $2 FOR UPDATE",
        office.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Standing::try_from)
    .transpose()
}

/// Locks a notification by its message.
pub async fn lock_by_message(
    tx: &mut Tx,
    office: OfficeId,
    message: MessageId,
) -> Result<Option<Standing>, sqlx::Error> {
    sqlx::query_as!(
        StandingRow,
        "SELECT id, contact_id, kind, status FROM notifications WHERE office_id = $1 AND message_id = $2 FOR UPDATE",
        office.0,
        message.0,
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Standing::try_from)
    .transpose()
}

/// Puts a locked notification into a status that a report or a person gives it.
pub async fn set_status(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    status: Status,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notifications SET status = $3, reason = $4, updated_at = $5 WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        status.as_str(),
        reason,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Sends a failed one again, as a message of its own.
pub async fn begin_again(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notifications SET status = 'pending', reason = NULL, message_id = NULL, round = round + 1, tries = 0,
             leased_until = NULL, next_attempt_at = $3, updated_at = $3
         WHERE office_id = $1 AND id = $2",
        office.0,
        id.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
