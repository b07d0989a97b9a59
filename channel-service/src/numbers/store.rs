//! SQL of `numbers`.

use chrono::{DateTime, Utc};
use contracts::{OfficeId, PhoneNumberId};
use platform::Tx;

use super::{Change, Number, NumberView};

pub async fn all(tx: &mut Tx) -> Result<Vec<Number>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT phone_number_id, office_id, access_token, rate_per_second, problem IS NOT NULL AS "stopped!" FROM numbers WHERE active"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Number {
            phone_number_id: PhoneNumberId(row.phone_number_id),
            office: OfficeId(row.office_id),
            sealed_token: row.access_token,
            rate_per_second: row.rate_per_second,
            stopped: row.stopped,
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
        r#"SELECT phone_number_id, access_token, rate_per_second, problem IS NOT NULL AS "stopped!" FROM numbers
           WHERE office_id = $1 AND active AND ($2::text IS NULL OR phone_number_id = $2)
           ORDER BY created_at, phone_number_id LIMIT 1"#,
        office.0,
        named,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Number {
        phone_number_id: PhoneNumberId(row.phone_number_id),
        office,
        sealed_token: row.access_token,
        rate_per_second: row.rate_per_second,
        stopped: row.stopped,
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

/// Adds a number or changes what is given; a new token ends a problem. `None`: the number belongs to another office.
pub async fn upsert(
    tx: &mut Tx,
    office: OfficeId,
    id: &str,
    change: &Change<'_>,
) -> Result<Option<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"INSERT INTO numbers (phone_number_id, office_id, display_phone_number, access_token, rate_per_second, active)
           VALUES ($1, $2, $3, $4, coalesce($5, 80), coalesce($6, true))
           ON CONFLICT (phone_number_id) DO UPDATE
           SET display_phone_number = coalesce($3, numbers.display_phone_number),
               access_token = CASE WHEN $7 THEN NULL ELSE coalesce($4, numbers.access_token) END,
               rate_per_second = coalesce($5, numbers.rate_per_second), active = coalesce($6, numbers.active),
               problem = CASE WHEN $4 IS NULL AND NOT $7 THEN numbers.problem END,
               problem_code = CASE WHEN $4 IS NULL AND NOT $7 THEN numbers.problem_code END,
               problem_since = CASE WHEN $4 IS NULL AND NOT $7 THEN numbers.problem_since END,
               refused_token = CASE WHEN $4 IS NULL AND NOT $7 THEN numbers.refused_token END,
               version = numbers.version + 1
           WHERE numbers.office_id = $2
           RETURNING phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!",
                     rate_per_second, problem, problem_code, problem_since"#,
        id,
        office.0,
        change.display,
        change.sealed_token,
        change.rate_per_second,
        change.active,
        change.forget_token,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn of_office(tx: &mut Tx, office: OfficeId) -> Result<Vec<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"SELECT phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!",
                  rate_per_second, problem, problem_code, problem_since
           FROM numbers WHERE office_id = $1 ORDER BY created_at, phone_number_id"#,
        office.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Notes why nothing is sent. `None`: it has stopped already.
pub async fn stop(
    tx: &mut Tx,
    office: OfficeId,
    id: &str,
    problem: &str,
    code: i64,
    refused_token: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<Option<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"UPDATE numbers SET problem = $3, problem_code = $4, problem_since = $5, refused_token = $6, version = version + 1
           WHERE office_id = $1 AND phone_number_id = $2 AND problem IS NULL
           RETURNING phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!",
                     rate_per_second, problem, problem_code, problem_since"#,
        office.0,
        id,
        problem,
        code,
        now,
        refused_token,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Forgets what stood in the way. `None`: this office has no such number.
pub async fn resume(tx: &mut Tx, office: OfficeId, id: &str) -> Result<Option<NumberView>, sqlx::Error> {
    sqlx::query_as!(
        NumberView,
        r#"UPDATE numbers SET problem = NULL, problem_code = NULL, problem_since = NULL, refused_token = NULL, version = version + 1
           WHERE office_id = $1 AND phone_number_id = $2
           RETURNING phone_number_id, display_phone_number, active, version, access_token IS NOT NULL AS "has_own_token!",
                     rate_per_second, problem, problem_code, problem_since"#,
        office.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// The office whose number is shown like this, in digits.
pub async fn office_of_display(tx: &mut Tx, digits: &str) -> Result<Option<OfficeId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT office_id FROM numbers WHERE regexp_replace(display_phone_number, '[^0-9]', '', 'g') = $1 LIMIT 1",
        digits,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(OfficeId))
}
