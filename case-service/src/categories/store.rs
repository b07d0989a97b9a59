//! The SQL of categories.

use chrono::{DateTime, Utc};
use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::dto::case::CategoryView;
use contracts::{Category, OfficeId};
use platform::Tx;

use super::{OpenCategory, built_in_sla_days};

/// The category with this key, if the office takes complaints about it.
pub async fn open(
    tx: &mut Tx,
    office: OfficeId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Option<OpenCategory>, sqlx::Error> {
    if let Some(category) = find(tx, office, key).await? {
        return Ok(Some(category));
    }
    // Whoever wrote them meanwhile, they are there now.
    begin(tx, office, now).await?;
    find(tx, office, key).await
}

async fn find(tx: &mut Tx, office: OfficeId, key: &str) -> Result<Option<OpenCategory>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT key, name, sla_days FROM categories WHERE office_id = $1 AND key = $2 AND active",
        office.0,
        key,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| OpenCategory { key: Category(row.key), name: row.name, sla_days: row.sla_days }))
}

/// Writes the built-in categories if the office has none yet.
async fn begin(tx: &mut Tx, office: OfficeId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let known =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM categories WHERE office_id = $1) AS "known!""#, office.0,)
            .fetch_one(&mut **tx)
            .await?;
    if known {
        return Ok(());
    }
    let keys: Vec<String> = BUILT_IN_CATEGORIES.iter().map(|(key, _)| (*key).to_owned()).collect();
    let names: Vec<String> = BUILT_IN_CATEGORIES.iter().map(|(_, name)| (*name).to_owned()).collect();
    let days: Vec<i32> = BUILT_IN_CATEGORIES.iter().map(|(key, _)| built_in_sla_days(key)).collect();
    // Two that race write the same.
    sqlx::query!(
        "INSERT INTO categories (office_id, key, name, sla_days, position, updated_at)
         SELECT $1, key, name, days, position, $5
         FROM unnest($2::text[], $3::text[], $4::int[]) WITH ORDINALITY AS built_in (key, name, days, position)
         ON CONFLICT DO NOTHING",
        office.0,
        &keys,
        &names,
        &days,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// All categories of the office, in its order.
pub async fn list(tx: &mut Tx, office: OfficeId, now: DateTime<Utc>) -> Result<Vec<CategoryView>, sqlx::Error> {
    begin(tx, office, now).await?;
    let rows = sqlx::query!(
        "SELECT key, name, sla_days, active, version FROM categories WHERE office_id = $1 ORDER BY position, key",
        office.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CategoryView {
            kategori: Category(row.key),
            name: row.name,
            sla_days: row.sla_days,
            active: row.active,
            version: row.version,
        })
        .collect())
}
