//! All SQL on citizens' data.

use contracts::{ContactId, OfficeId};
use platform::Tx;
use serde_json::{Value, json};

/// Dialogues and turns of a contact, as they are stored.
pub async fn export(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
) -> Result<(Vec<Value>, Vec<Value>), sqlx::Error> {
    let dialogues = sqlx::query!(
        "SELECT conversation_id, state, updated_at FROM dialogues WHERE office_id = $1 AND contact_id = $2 ORDER BY updated_at",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let turns = sqlx::query!(
        "SELECT turn_id, plan, results, conclusion, created_at, finished_at FROM turn_plans
         WHERE office_id = $1 AND contact_id = $2 ORDER BY created_at",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let dialogues = dialogues
        .into_iter()
        .map(|row| json!({"conversation_id": row.conversation_id, "state": row.state, "updated_at": row.updated_at}));
    let turns = turns.into_iter().map(|row| {
        json!({"turn_id": row.turn_id, "plan": row.plan, "results": row.results, "conclusion": row.conclusion,
               "created_at": row.created_at, "finished_at": row.finished_at})
    });
    Ok((dialogues.collect(), turns.collect()))
}

/// Forgets a contact; how many rows that took. What a redelivery needs to be refused stays, without a word of theirs.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<u64, sqlx::Error> {
    let dialogues = sqlx::query!("DELETE FROM dialogues WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    let turns = sqlx::query!(
        "UPDATE turn_plans SET plan = NULL, results = '[]', conclusion = NULL, finished_at = coalesce(finished_at, now()),
             contact_id = '00000000-0000-0000-0000-000000000000'
         WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(dialogues.rows_affected() + turns.rows_affected())
}
