//! All SQL on the officers' questions.

use chrono::{DateTime, Utc};
use contracts::events::complaint::ComplaintStatusChanged;
use contracts::{ComplaintStatus, ContactId, OfficeId};
use platform::Tx;

use crate::dialogue::facts::Question;

/// The latest questions first; more than these nobody answers at once.
const MOST: i64 = 3;

/// Keeps what a change of status says about waiting.
pub async fn note(
    tx: &mut Tx,
    office: OfficeId,
    event: &ComplaintStatusChanged,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let facts = &event.facts;
    let number = facts.complaint_id.to_string();
    if let (Some(ComplaintStatus::MenungguWarga), Some(contact)) = (facts.status, facts.contact_id) {
        sqlx::query!(
            "INSERT INTO officer_questions (office_id, complaint_id, contact_id, question, open, version, asked_at)
             VALUES ($1, $2, $3, $4, true, $5, $6)
             ON CONFLICT (office_id, complaint_id) DO UPDATE
                 SET contact_id = $3, question = $4, open = true, version = $5, asked_at = $6
             WHERE officer_questions.version < $5",
            office.0,
            number,
            contact.0,
            event.remark.as_deref().unwrap_or_default(),
            facts.version,
            at,
        )
        .execute(&mut **tx)
        .await?;
    } else {
        sqlx::query!(
            "UPDATE officer_questions SET open = false, question = '', version = $3
             WHERE office_id = $1 AND complaint_id = $2 AND version < $3",
            office.0,
            number,
            facts.version,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What this citizen is waited for with.
pub async fn open(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<Question>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT complaint_id, question FROM officer_questions
         WHERE office_id = $1 AND contact_id = $2 AND open ORDER BY asked_at DESC LIMIT $3",
        office.0,
        contact.0,
        MOST,
    )
    .fetch_all(&mut **tx)
    .await?;
    let questions = rows
        .into_iter()
        .filter_map(|row| row.complaint_id.parse().ok().map(|number| Question { number, question: row.question }));
    Ok(questions.collect())
}

/// The question was answered here: case-service's event will say the same.
pub async fn answered(tx: &mut Tx, office: OfficeId, number: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE officer_questions SET open = false, question = '' WHERE office_id = $1 AND complaint_id = $2",
        office.0,
        number,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts what belongs to one contact under another.
pub async fn merge(tx: &mut Tx, office: OfficeId, from: ContactId, into: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE officer_questions SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets what officers asked a citizen.
pub async fn erase(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM officer_questions WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Removes questions that were answered long ago.
pub async fn prune(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM officer_questions WHERE NOT open AND asked_at < $1::timestamptz - interval '90 days'",
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
