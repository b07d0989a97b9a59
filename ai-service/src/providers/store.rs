//! All SQL on the use of models.

use chrono::NaiveDate;
use contracts::OfficeId;
use platform::Tx;

use super::ledger::Entry;

/// Adds one call to its day.
pub async fn count(tx: &mut Tx, office: OfficeId, day: NaiveDate, entry: &Entry) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO model_use (office_id, day, provider, model, purpose, outcome, calls, input_tokens, output_tokens, took_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)
         ON CONFLICT (office_id, day, provider, model, purpose, outcome) DO UPDATE SET
             calls = model_use.calls + 1,
             input_tokens = model_use.input_tokens + EXCLUDED.input_tokens,
             output_tokens = model_use.output_tokens + EXCLUDED.output_tokens,
             took_ms = model_use.took_ms + EXCLUDED.took_ms",
        office.0,
        day,
        entry.provider,
        entry.model,
        entry.purpose.as_str(),
        entry.outcome,
        entry.tokens.input.max(0),
        entry.tokens.output.max(0),
        i64::try_from(entry.took.as_millis()).unwrap_or(i64::MAX),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
