//! What WhatsApp calls our files.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

/// WhatsApp's id of a file, if it was uploaded since.
pub async fn upload(
    tx: &mut Tx,
    office: OfficeId,
    number: &str,
    key: &str,
    since: DateTime<Utc>,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT graph_id FROM media_uploads WHERE office_id = $1 AND phone_number_id = $2 AND key = $3 AND uploaded_at > $4",
        office.0,
        number,
        key,
        since,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn keep_upload(
    tx: &mut Tx,
    office: OfficeId,
    number: &str,
    key: &str,
    graph_id: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO media_uploads (office_id, phone_number_id, key, graph_id, uploaded_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (phone_number_id, key) DO UPDATE SET graph_id = $4, uploaded_at = $5 WHERE media_uploads.office_id = $1",
        office.0,
        number,
        key,
        graph_id,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// WhatsApp has forgotten these.
pub async fn forget_uploads(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM media_uploads WHERE uploaded_at < $1", before).execute(&mut **tx).await.map(drop)
}

/// Where a stored file of this office lies and what it is: key, type, name.
pub async fn media_source(
    tx: &mut Tx,
    office: OfficeId,
    id: Uuid,
) -> Result<Option<(String, String, Option<String>)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT key AS "key!", coalesce(mime_type, declared_type, 'application/octet-stream') AS "mime_type!", filename
           FROM media WHERE office_id = $1 AND id = $2 AND state = 'stored'"#,
        office.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.key, row.mime_type, row.filename)))
}
