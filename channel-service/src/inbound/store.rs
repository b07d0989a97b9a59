//! SQL of the intake.

use chrono::{DateTime, Utc};
use contracts::message::MessageView;
use contracts::{OfficeId, TurnId};
use platform::Tx;
use serde_json::Value;

use super::parse::StatusReport;

/// `true`: nobody has seen this key before.
pub async fn first_seen(tx: &mut Tx, office: OfficeId, key: &[u8], now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "INSERT INTO inbound_dedup (key, office_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        key,
        office.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(noted.rows_affected() == 1)
}

pub async fn insert_message(
    tx: &mut Tx,
    office: OfficeId,
    view: &MessageView,
    reply_id: Option<&str>,
    raw: &Value,
    turn: Option<TurnId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO messages (id, office_id, conversation_id, contact_id, seq, direction, author, kind, text, reply_id, media, location,
                               payload, wamid, status, turn_id, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        view.id.0,
        office.0,
        view.conversation_id.0,
        view.contact_id.0,
        view.seq,
        view.direction.as_str(),
        view.author.as_str(),
        view.kind,
        view.text,
        reply_id,
        json(view.media.as_ref()),
        json(view.location.as_ref()),
        without_nul(raw),
        view.wamid,
        view.status.as_str(),
        turn.map(|turn| turn.0),
        view.sent_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Option<Value> {
    value.and_then(|value| serde_json::to_value(value).ok())
}

/// jsonb can't hold a NUL.
fn without_nul(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => Value::Array(items.iter().map(without_nul).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.replace('\0', ""), without_nul(value))).collect())
        }
        other => other.clone(),
    }
}

/// Keeps a report whose message is not known yet.
pub async fn keep_early(tx: &mut Tx, office: OfficeId, report: &StatusReport) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO early_statuses (office_id, wamid, status, errors, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        office.0,
        report.wamid,
        report.status.as_str(),
        report.errors,
        report.at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn savepoint(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SAVEPOINT item").execute(&mut **tx).await.map(drop)
}

pub async fn release(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("RELEASE SAVEPOINT item").execute(&mut **tx).await.map(drop)
}

pub async fn roll_back(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("ROLLBACK TO SAVEPOINT item").execute(&mut **tx).await.map(drop)
}
