//! SQL of `numbers`.

use contracts::{OfficeId, PhoneNumberId};
use platform::Tx;

use super::{Number, NumberView};

pub async fn all(tx: &mut Tx) -> Result<Vec<Number>, sqlx::Error> {
    let rows = sqlx::query!("SELECT phone_number_id, office_id, access_token FROM numbers WHERE active")
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Number {
            phone_number_id: PhoneNumberId(row.phone_number_id),
            office: OfficeId(row.office_id),
            sealed_token: row.access_token,
        })
        .collect())
}

/// The office's number of this name, or its first.
pub async fn of_office_named(
    tx: &mut Tx,
    office: OfficeId,
    named: Option<&str>,
) -> Result<Option<Number>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT phone_number_id, access_token FROM numbers WHERE office_id = $1 AND active AND ($2::text IS NULL OR phone_number_id = $2)
         ORDER BY created_at, phone_number_id LIMIT 1",
        office.0,
        named,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Number {
        phone_number_id: PhoneNumberId(row.phone_number_id),
        office,
        sealed_token: row.access_token,
    }))
}

pub async fn insert_if_new(tx: &mut Tx, office: OfficeId, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO numbers (phone_number_id, office_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        id,
        office.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// `None`: the number belongs to another office.
pub async fn upsert(
    tx: &mut Tx,
    office: OfficeId,
    id: &str,
    display: Option<&str>,
    sealed_token: Option<&[u8]>,
) -> Result<Option<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"INSERT INTO numbers (phone_number_id, office_id, display_phone_number, access_token) VALUES ($1, $2, $3, $4)
           ON CONFLICT (phone_number_id) DO UPDATE
           SET display_phone_number = coalesce($3, numbers.display_phone_number),
               access_token = coalesce($4, numbers.access_token), version = numbers.version + 1
           WHERE numbers.office_id = $2
           RETURNING phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!""#,
        id,
        office.0,
        display,
        sealed_token,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn of_office(tx: &mut Tx, office: OfficeId) -> Result<Vec<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"SELECT phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!"
           FROM numbers WHERE office_id = $1 ORDER BY created_at, phone_number_id"#,
        office.0,
    )
    .fetch_all(&mut **tx)
    .await
}
