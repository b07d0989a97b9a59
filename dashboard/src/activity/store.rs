//! All SQL of the activity log: rows are added, nothing else (a trigger refuses the rest).

use chrono::{DateTime, Utc};
use platform::Tx;
use uuid::Uuid;

use super::Activity;

/// Adds a row in the act's own transaction.
pub async fn add(tx: &mut Tx, activity: &Activity<'_>, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO activity_logs (id, office_id, at, user_id, actor_name, action, subject, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        activity.office_id.0,
        now,
        activity.user_id,
        activity.actor_name,
        activity.action,
        activity.subject,
        activity.details,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
