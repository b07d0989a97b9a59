//! The SQL of reports that come before the id that they are about.

use chrono::{DateTime, Utc};
use contracts::{MessageId, OfficeId};
use platform::Tx;

use crate::notifications::Status;

/// Only one transaction at a time decides about a message: a report, or the worker that stores its id.
pub async fn lock_message(tx: &mut Tx, message: MessageId) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('message/' || $1::text, 0))", message.to_string())
        .fetch_one(&mut **tx)
        .await
        .map(drop)
}

/// Whether a notification is being handed over, or was without our hearing the answer.
pub async fn something_is_under_way(tx: &mut Tx, office: OfficeId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notifications
               WHERE office_id = $1 AND status = 'pending' AND (leased_until IS NOT NULL OR tries > 0)) AS "yes!""#,
        office.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Keeps a report; of several about one message the furthest, for a failure replaces nothing but `sent`.
pub async fn keep_early(
    tx: &mut Tx,
    office: OfficeId,
    message: MessageId,
    status: Status,
    reason: Option<&str>,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let known = take_early(tx, office, message).await?;
    let (status, reason) = match &known {
        Some((earlier, why)) if !earlier.may_become(status) => (*earlier, why.as_deref()),
        _ => (status, reason),
    };
    sqlx::query!(
        "INSERT INTO early_statuses (message_id, office_id, status, reason, at) VALUES ($1, $2, $3, $4, $5)",
        message.0,
        office.0,
        status.as_str(),
        reason,
        at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes the report that waits for this message, if there is one.
pub async fn take_early(
    tx: &mut Tx,
    office: OfficeId,
    message: MessageId,
) -> Result<Option<(Status, Option<String>)>, sqlx::Error> {
    let row = sqlx::query!(
        "DELETE FROM early_statuses WHERE office_id = $1 AND message_id = $2 RETURNING status, reason",
        office.0,
        message.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.and_then(|row| Some((Status::from_word(&row.status)?, row.reason))))
}
