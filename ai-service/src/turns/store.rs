//! All SQL on turns: their plans until they are carried out, and the log that statistics are made of.

use chrono::{DateTime, Utc};
use contracts::{ContactId, ConversationId, OfficeId, TurnId};
use platform::Tx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Source, Stored, Work};
use crate::dialogue::{Conclusion, Plan};

fn json<T: Serialize>(value: &T) -> Result<Value, sqlx::Error> {
    serde_json::to_value(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, sqlx::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(error.into()))
}

struct Row {
    turn_id: Uuid,
    office_id: Uuid,
    conversation_id: Uuid,
    contact_id: Uuid,
    origin: Value,
    plan: Option<Value>,
    results: Value,
}

impl Row {
    fn stored(self) -> Result<Stored, sqlx::Error> {
        Ok(Stored {
            work: Work {
                turn_id: TurnId(self.turn_id),
                office: OfficeId(self.office_id),
                conversation_id: ConversationId(self.conversation_id),
                contact_id: ContactId(self.contact_id),
                origin: read(self.origin)?,
            },
            plan: read(self.plan.unwrap_or_default())?,
            results: read(self.results)?,
        })
    }
}

/// The turn's plan. `Some(None)`: it was carried out.
pub async fn find(tx: &mut Tx, office: OfficeId, turn: TurnId) -> Result<Option<Option<Stored>>, sqlx::Error> {
    let finished = sqlx::query_scalar!(
        r#"SELECT finished_at IS NOT NULL AS "finished!" FROM turn_plans WHERE turn_id = $1 AND office_id = $2"#,
        turn.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    match finished {
        None => Ok(None),
        Some(true) => Ok(Some(None)),
        Some(false) => {
            let row = sqlx::query_as!(
                Row,
                "SELECT turn_id, office_id, conversation_id, contact_id, origin, plan, results FROM turn_plans
                 WHERE turn_id = $1 AND office_id = $2",
                turn.0,
                office.0,
            )
            .fetch_one(&mut **tx)
            .await?;
            Ok(Some(Some(row.stored()?)))
        }
    }
}

/// Plans of this conversation that are not carried out yet, oldest first.
pub async fn unfinished(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT turn_id, office_id, conversation_id, contact_id, origin, plan, results FROM turn_plans
         WHERE conversation_id = $1 AND office_id = $2 AND finished_at IS NULL ORDER BY created_at",
        conversation.0,
        office.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(Row::stored).collect()
}

/// Writes a new plan.
pub async fn insert(tx: &mut Tx, stored: &Stored) -> Result<(), sqlx::Error> {
    let work = &stored.work;
    sqlx::query!(
        "INSERT INTO turn_plans (turn_id, office_id, conversation_id, contact_id, origin, plan) VALUES ($1, $2, $3, $4, $5, $6)",
        work.turn_id.0,
        work.office.0,
        work.conversation_id.0,
        work.contact_id.0,
        json(&work.origin)?,
        json(&stored.plan)?,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes what the steps brought so far.
pub async fn note_results(tx: &mut Tx, stored: &Stored) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE turn_plans SET results = $3 WHERE turn_id = $1 AND office_id = $2 AND finished_at IS NULL",
        stored.work.turn_id.0,
        stored.work.office.0,
        json(&stored.results)?,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a call must be able to hear again.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Told {
    pub plan: Plan,
    pub conclusion: Conclusion,
}

/// Marks the turn as carried out and forgets the citizen's words. `false`: it was carried out before.
pub async fn finish(
    tx: &mut Tx,
    stored: &Stored,
    conclusion: &Conclusion,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let told = match stored.work.origin.source {
        Source::Whatsapp => None,
        Source::Api => Some(json(&Told { plan: stored.plan.clone(), conclusion: conclusion.clone() })?),
    };
    let done = sqlx::query!(
        "UPDATE turn_plans SET finished_at = $3, plan = NULL, results = '[]', conclusion = $4
         WHERE turn_id = $1 AND office_id = $2 AND finished_at IS NULL",
        stored.work.turn_id.0,
        stored.work.office.0,
        now,
        told,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a call was answered.
pub async fn told(tx: &mut Tx, office: OfficeId, turn: TurnId) -> Result<Option<Told>, sqlx::Error> {
    let told = sqlx::query_scalar!(
        "SELECT conclusion FROM turn_plans WHERE turn_id = $1 AND office_id = $2 AND finished_at IS NOT NULL",
        turn.0,
        office.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    told.flatten().map(read).transpose()
}

/// Adds the turn to the log.
pub async fn log(
    tx: &mut Tx,
    stored: &Stored,
    outcome: &str,
    took_ms: i64,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    let confidence = stored.plan.confidence.clamp(0.0, 1.0) as f32;
    sqlx::query!(
        "INSERT INTO turn_log (turn_id, office_id, source, intent, confidence, outcome, provider, took_ms, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        stored.work.turn_id.0,
        stored.work.office.0,
        stored.work.origin.source.as_str(),
        stored.plan.intent.as_str(),
        confidence,
        outcome,
        stored.plan.provider,
        took_ms,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts what belongs to one contact under another.
pub async fn merge(tx: &mut Tx, office: OfficeId, from: ContactId, into: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE dialogues SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE turn_plans SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await?;
    crate::complaints::store::merge(tx, office, from, into).await
}

/// Removes what is no longer needed: answers to calls after a day, the rest when no redelivery can come any more.
pub async fn prune(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "DELETE FROM turn_plans WHERE finished_at < $1::timestamptz - interval '35 days'
            OR (finished_at < $1::timestamptz - interval '24 hours' AND conclusion IS NOT NULL)",
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(pruned.rows_affected())
}
