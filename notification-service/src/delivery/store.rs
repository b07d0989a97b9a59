//! The SQL of deliveries. Claiming serves all offices; everything else names its own.

use chrono::{DateTime, Duration, Utc};
use contracts::{ContactId, MessageId, NotificationId, OfficeId};
use platform::{Db, Tx};

/// Longer than the longest call with its repetitions.
const LEASE_SECONDS: i64 = 60;

/// A notification that is ours to hand over, until the lease runs out.
#[derive(Debug)]
pub struct Due {
    pub id: NotificationId,
    pub office: OfficeId,
    pub contact: ContactId,
    pub kind: String,
    pub text: String,
    pub round: i32,
    pub tries: i32,
}

/// Claims what is due: of each citizen only the oldest, so that they hear things in order.
pub async fn claim(db: &Db, now: DateTime<Utc>, batch: i64) -> Result<Vec<Due>, sqlx::Error> {
    let mut tx = db.all_offices("deliveries that are due").await?;
    let rows = sqlx::query!(
        "UPDATE notifications SET leased_until = $2 WHERE id IN (
             SELECT n.id FROM notifications n
             WHERE n.status = 'pending' AND n.next_attempt_at <= $1 AND (n.leased_until IS NULL OR n.leased_until <= $1)
               AND NOT EXISTS (SELECT 1 FROM notifications earlier
                               WHERE earlier.contact_id = n.contact_id AND earlier.office_id = n.office_id
                                 AND earlier.status = 'pending' AND earlier.id < n.id)
             ORDER BY n.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED
         ) RETURNING id, office_id, contact_id, kind, text, round, tries",
        now,
        now + Duration::seconds(LEASE_SECONDS),
        batch,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            id: NotificationId(row.id),
            office: OfficeId(row.office_id),
            contact: ContactId(row.contact_id),
            kind: row.kind,
            text: row.text,
            round: row.round,
            tries: row.tries,
        })
        .collect())
}

/// Notes a try. Tries that came to nothing in the same way one after the other share a row.
pub async fn note_attempt(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    outcome: &str,
    detail: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH last AS (
             SELECT number, outcome FROM notification_attempts WHERE office_id = $1 AND notification = $2
             ORDER BY number DESC LIMIT 1
         ), again AS (
             UPDATE notification_attempts a SET times = a.times + 1, last_at = $5, detail = $4
             FROM last WHERE a.office_id = $1 AND a.notification = $2 AND a.number = last.number
               AND last.outcome = 'unavailable' AND $3 = 'unavailable'
             RETURNING a.number
         )
         INSERT INTO notification_attempts (notification, number, office_id, outcome, detail, first_at, last_at)
         SELECT n.id, COALESCE((SELECT number FROM last), 0) + 1, $1, $3, $4, $5, $5
         FROM notifications n WHERE n.office_id = $1 AND n.id = $2 AND NOT EXISTS (SELECT 1 FROM again)",
        office.0,
        id.0,
        outcome,
        detail,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// channel-service has it, even if someone wanted it kept back meanwhile. `false`: it is gone.
pub async fn accept(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    message: MessageId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE notifications SET status = 'accepted', message_id = $3, reason = NULL, leased_until = NULL,
             tries = tries + 1, updated_at = $4
         WHERE office_id = $1 AND id = $2 AND status IN ('pending', 'silent')",
        office.0,
        id.0,
        message.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// channel-service won't have it. `false`: it is not pending any more.
pub async fn fail(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE notifications SET status = 'failed', reason = $3, leased_until = NULL, tries = tries + 1, updated_at = $4
         WHERE office_id = $1 AND id = $2 AND status = 'pending'",
        office.0,
        id.0,
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// channel-service is away: another time.
pub async fn postpone(
    tx: &mut Tx,
    office: OfficeId,
    id: NotificationId,
    reason: Option<&str>,
    now: DateTime<Utc>,
    next: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notifications SET leased_until = NULL, tries = tries + 1, next_attempt_at = $5, reason = $3, updated_at = $4
         WHERE office_id = $1 AND id = $2 AND status = 'pending'",
        office.0,
        id.0,
        reason,
        now,
        next,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
