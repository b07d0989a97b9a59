//! The inbox: an event's effect and the note that it happened are one transaction.

use contracts::{EventId, OfficeId};

use crate::Tx;

/// Notes that `consumer` handles the event now. `false`: it has done so before; there is nothing left to do.
///
/// Of two that race, the second waits for the first to commit or roll back.
pub async fn first_time(
    tx: &mut Tx,
    office: Option<OfficeId>,
    consumer: &str,
    event: EventId,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "INSERT INTO inbox (consumer, event_id, office_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        consumer,
        event.0,
        office.map(|id| id.0),
    )
    .execute(&mut **tx)
    .await?;
    Ok(noted.rows_affected() == 1)
}
