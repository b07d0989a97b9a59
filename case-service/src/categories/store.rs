//! The SQL of categories.

use contracts::category::{CategoryField, Sla, SlaUnit};
use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::dto::case::CategoryView;
use contracts::events::office::CategoryUpdated;
use contracts::{Category, OfficeId};
use platform::outbox::{self, Cause};
use platform::{Context, Tx};
use serde_json::Value;

use super::{OpenCategory, built_in};

/// The word in the database.
pub fn unit_word(unit: SlaUnit) -> &'static str {
    match unit {
        SlaUnit::WorkingDays => "working_days",
        SlaUnit::WorkingHours => "working_hours",
    }
}

/// A time as its two columns hold it.
pub fn sla(amount: i32, unit: &str) -> Result<Sla, sqlx::Error> {
    let unit = match unit {
        "working_days" => SlaUnit::WorkingDays,
        "working_hours" => SlaUnit::WorkingHours,
        other => return Err(sqlx::Error::Decode(format!("unknown sla_unit {other}").into())),
    };
    Ok(Sla { amount, unit })
}

fn fields(value: Value) -> Result<Vec<CategoryField>, sqlx::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The category with this key, if the office takes complaints about it.
pub async fn open(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    key: &str,
) -> Result<Option<OpenCategory>, outbox::AppendError> {
    let found = match find(tx, office, key).await? {
        Some(found) => Some(found),
        // Whoever wrote them meanwhile, they are there now.
        None if begin(ctx, tx, office).await? => find(tx, office, key).await?,
        None => None,
    };
    Ok(found.filter(|view| view.active).map(|view| OpenCategory {
        key: view.kategori,
        name: view.name,
        sla: view.sla,
        fields: view.fields,
    }))
}

/// A category, retired or not.
pub async fn find(tx: &mut Tx, office: OfficeId, key: &str) -> Result<Option<CategoryView>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT key, name, sla_amount, sla_unit, fields, position, active, version FROM categories
         WHERE office_id = $1 AND key = $2",
        office.0,
        key,
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(CategoryView {
            kategori: Category(row.key),
            name: row.name,
            sla: sla(row.sla_amount, &row.sla_unit)?,
            fields: fields(row.fields)?,
            position: row.position,
            active: row.active,
            version: row.version,
        })
    })
    .transpose()
}

/// Writes and tells the built-in categories if the office has none yet. `true`: it had none.
async fn begin(ctx: &Context, tx: &mut Tx, office: OfficeId) -> Result<bool, outbox::AppendError> {
    let known =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM categories WHERE office_id = $1) AS "known!""#, office.0)
            .fetch_one(&mut **tx)
            .await?;
    if known {
        return Ok(false);
    }
    for ((key, name), position) in BUILT_IN_CATEGORIES.into_iter().zip(1..) {
        let category = CategoryView {
            kategori: key.into(),
            name: name.to_owned(),
            sla: built_in::sla(key),
            fields: built_in::fields(key),
            position,
            active: true,
            version: 1,
        };
        // Of two that race, the first to write one also tells it.
        add(ctx, tx, office, &category).await?;
    }
    Ok(true)
}

/// Writes a new category and tells it. `false`: the key is taken.
pub async fn add(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    category: &CategoryView,
) -> Result<bool, outbox::AppendError> {
    let written = sqlx::query!(
        "INSERT INTO categories (office_id, key, name, sla_amount, sla_unit, fields, position, active, version, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        office.0,
        category.kategori.0,
        category.name,
        category.sla.amount,
        unit_word(category.sla.unit),
        json(&category.fields)?,
        category.position,
        category.active,
        category.version,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        > 0;
    if written {
        tell(ctx, tx, office, category).await?;
    }
    Ok(written)
}

/// Locks a category until the end of the transaction.
pub async fn lock(tx: &mut Tx, office: OfficeId, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT key FROM categories WHERE office_id = $1 AND key = $2 FOR UPDATE", office.0, key)
        .fetch_optional(&mut **tx)
        .await
        .map(drop)
}

/// Writes a category that the transaction has locked, and tells it.
pub async fn save(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    category: &CategoryView,
) -> Result<(), outbox::AppendError> {
    sqlx::query!(
        "UPDATE categories SET name = $3, sla_amount = $4, sla_unit = $5, fields = $6, position = $7, active = $8,
             version = $9, updated_at = $10
         WHERE office_id = $1 AND key = $2",
        office.0,
        category.kategori.0,
        category.name,
        category.sla.amount,
        unit_word(category.sla.unit),
        json(&category.fields)?,
        category.position,
        category.active,
        category.version,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    tell(ctx, tx, office, category).await
}

async fn tell(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    category: &CategoryView,
) -> Result<(), outbox::AppendError> {
    let event = CategoryUpdated {
        office_id: office,
        kategori: category.kategori.clone(),
        name: category.name.clone(),
        active: category.active,
        position: category.position,
        sla: category.sla,
        fields: category.fields.clone(),
        version: category.version,
    };
    outbox::append(ctx, tx, office, &event, &Cause::none()).await.map(drop)
}

/// All categories of the office, in its order.
pub async fn list(ctx: &Context, tx: &mut Tx, office: OfficeId) -> Result<Vec<CategoryView>, outbox::AppendError> {
    begin(ctx, tx, office).await?;
    let rows = sqlx::query!(
        "SELECT key, name, sla_amount, sla_unit, fields, position, active, version FROM categories WHERE office_id = $1
         ORDER BY position, key",
        office.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let views = rows.into_iter().map(|row| {
        Ok(CategoryView {
            kategori: Category(row.key),
            name: row.name,
            sla: sla(row.sla_amount, &row.sla_unit)?,
            fields: fields(row.fields)?,
            position: row.position,
            active: row.active,
            version: row.version,
        })
    });
    Ok(views.collect::<Result<_, sqlx::Error>>()?)
}

fn json(fields: &[CategoryField]) -> Result<Value, sqlx::Error> {
    serde_json::to_value(fields).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}
