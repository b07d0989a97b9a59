//! The SQL of templates: versions are only added, the highest counts.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;

/// An office's own text.
#[derive(Debug)]
pub struct Own {
    pub name: String,
    pub version: i64,
    pub text: String,
    pub whatsapp_template: Option<String>,
    pub written_by: String,
    pub created_at: DateTime<Utc>,
}

/// The office's text of this name, as it is now.
pub async fn latest(tx: &mut Tx, office: OfficeId, name: &str) -> Result<Option<Own>, sqlx::Error> {
    sqlx::query_as!(
        Own,
        "SELECT name, version, text, whatsapp_template, written_by, created_at FROM notification_templates
         WHERE office_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1",
        office.0,
        name,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// All texts of the office, as they are now.
pub async fn all(tx: &mut Tx, office: OfficeId) -> Result<Vec<Own>, sqlx::Error> {
    sqlx::query_as!(
        Own,
        "SELECT DISTINCT ON (name) name, version, text, whatsapp_template, written_by, created_at FROM notification_templates
         WHERE office_id = $1 ORDER BY name, version DESC",
        office.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Adds a version. `false`: that version is there already, written by someone else meanwhile.
pub async fn add(tx: &mut Tx, office: OfficeId, own: &Own) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO notification_templates (office_id, name, version, text, whatsapp_template, written_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        office.0,
        own.name,
        own.version,
        own.text,
        own.whatsapp_template,
        own.written_by,
        own.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
