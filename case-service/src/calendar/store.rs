//! The SQL of calendars.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use contracts::OfficeId;
use contracts::dto::case::CalendarDay;
use platform::{Context, Tx};

use super::{Calendar, national};

/// How far ahead days off are counted: longer than any complaint may take.
const YEARS: i32 = 6;

/// The office's calendar for what began at `since` and for years after it.
pub async fn calendar(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    since: DateTime<Utc>,
) -> Result<Calendar, sqlx::Error> {
    let settings = ctx.offices.settings(&ctx.db, office).await?;
    let first = super::jakarta_day(since).year();
    let mut closed: BTreeSet<NaiveDate> =
        (first..first + YEARS).flat_map(national::of).map(|national| national.day).collect();
    for own in own(tx, office, None).await? {
        if own.closed {
            closed.insert(own.day);
        } else {
            closed.remove(&own.day);
        }
    }
    Ok(Calendar::new(&settings, closed))
}

/// What the office set itself, of one year or of all.
pub async fn own(tx: &mut Tx, office: OfficeId, year: Option<i32>) -> Result<Vec<CalendarDay>, sqlx::Error> {
    sqlx::query_as!(
        CalendarDay,
        r#"SELECT day, name, closed, 'kantor' AS "kind!" FROM calendar_days
           WHERE office_id = $1 AND ($2::int IS NULL OR extract(year FROM day) = $2) ORDER BY day"#,
        office.0,
        year,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Sets one day, over whatever the nation says.
pub async fn set(
    tx: &mut Tx,
    office: OfficeId,
    day: NaiveDate,
    name: &str,
    closed: bool,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO calendar_days (office_id, day, name, closed, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (office_id, day) DO UPDATE SET name = $3, closed = $4, updated_by = $5, updated_at = $6",
        office.0,
        day,
        name,
        closed,
        by,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes the office's own word about a day back. `false`: there was none.
pub async fn unset(tx: &mut Tx, office: OfficeId, day: NaiveDate) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM calendar_days WHERE office_id = $1 AND day = $2", office.0, day)
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected() > 0)
}
