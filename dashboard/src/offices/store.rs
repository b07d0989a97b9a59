//! All SQL of offices that platform's replica does not have: the dashboard is where versions rise.

use contracts::OfficeId;
use contracts::office::{Office, OfficeSettings};
use platform::Tx;

/// One office, its row locked so that versions rise one by one.
pub async fn lock(tx: &mut Tx, office: OfficeId) -> Result<Option<Office>, sqlx::Error> {
    let row = sqlx::query!("SELECT name, version, settings FROM offices WHERE office_id = $1 FOR UPDATE", office.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| Office {
        office_id: office,
        name: row.name,
        version: row.version,
        settings: serde_json::from_value::<OfficeSettings>(row.settings).unwrap_or_default(),
    }))
}
