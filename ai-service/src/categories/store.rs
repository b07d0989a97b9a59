//! All SQL on the replica of categories.

use chrono::{DateTime, Utc};
use contracts::{Category, OfficeId};
use platform::Tx;

use super::OfficeCategory;

/// Keeps a snapshot, unless a newer one is known.
pub async fn keep(tx: &mut Tx, office: OfficeId, category: &OfficeCategory) -> Result<(), sqlx::Error> {
    let fields = serde_json::to_value(&category.fields).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "INSERT INTO categories (office_id, kategori, name, active, position, fields, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (office_id, kategori) DO UPDATE
             SET name = $3, active = $4, position = $5, fields = $6, version = $7, updated_at = now()
         WHERE categories.version < $7",
        office.0,
        category.key.0,
        category.name,
        category.active,
        category.position,
        fields,
        category.version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is known of an office, and whether that is all there is.
pub async fn list(tx: &mut Tx, office: OfficeId) -> Result<(Vec<OfficeCategory>, bool), sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT kategori, name, active, position, fields, version FROM categories WHERE office_id = $1",
        office.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let whole = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM category_lists WHERE office_id = $1) AS "whole!""#,
        office.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    let categories = rows.into_iter().map(|row| OfficeCategory {
        key: Category(row.kategori),
        name: row.name,
        active: row.active,
        position: row.position,
        fields: serde_json::from_value(row.fields).unwrap_or_default(),
        version: row.version,
    });
    Ok((categories.collect(), whole))
}

/// Notes that all categories of the office are here: from now on events are enough.
pub async fn note_whole(tx: &mut Tx, office: OfficeId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO category_lists (office_id, fetched_at) VALUES ($1, $2) ON CONFLICT (office_id) DO NOTHING",
        office.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
