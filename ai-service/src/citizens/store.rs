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

/// What officers asked the contact, and their notes on conversations with them.
pub async fn officers(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<Value>, sqlx::Error> {
    let questions = sqlx::query!(
        "SELECT complaint_id, question, open, asked_at FROM officer_questions
         WHERE office_id = $1 AND contact_id = $2 ORDER BY asked_at",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let takeovers = sqlx::query!(
        "SELECT conversation_id, officer, note, started_at, ended_at FROM takeovers WHERE office_id = $1
             AND conversation_id IN (SELECT conversation_id FROM dialogues WHERE office_id = $1 AND contact_id = $2)
         ORDER BY started_at",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let questions = questions.into_iter().map(|row| {
        json!({"complaint_id": row.complaint_id, "question": row.question, "open": row.open, "asked_at": row.asked_at})
    });
    let takeovers = takeovers.into_iter().map(|row| {
        json!({"conversation_id": row.conversation_id, "officer": row.officer, "note": row.note,
               "started_at": row.started_at, "ended_at": row.ended_at})
    });
    Ok(questions.chain(takeovers).collect())
}

/// Forgets a contact; how many rows that took. What a redelivery needs to be refused stays, without a word of theirs.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<u64, sqlx::Error> {
    crate::takeovers::store::erase(tx, office, contact).await?;
    crate::complaints::store::erase(tx, office, contact).await?;
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
