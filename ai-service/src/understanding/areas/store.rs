//! All SQL on areas: one row per office, swapped as a whole.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use serde_json::Value;

/// The office's areas; `None`: it has loaded none.
pub async fn areas(tx: &mut Tx, office: OfficeId) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!("SELECT areas FROM office_areas WHERE office_id = $1", office.0).fetch_optional(&mut **tx).await
}

/// Takes these in the place of all before.
pub async fn replace(tx: &mut Tx, office: OfficeId, areas: &Value, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO office_areas (office_id, areas, loaded_at) VALUES ($1, $2, $3)
         ON CONFLICT (office_id) DO UPDATE SET areas = EXCLUDED.areas, loaded_at = EXCLUDED.loaded_at",
        office.0,
        areas,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
