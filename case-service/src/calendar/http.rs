//! Calendars over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use contracts::dto::Page;
use contracts::dto::case::{CalendarDay, SetCalendarDay};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use serde::Deserialize;

use super::{national, store};
use crate::categories::http::may_manage;
use crate::error::Error;
use crate::{App, clock};

/// Years that a calendar can be asked for.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2200;
/// The longest name of a day.
const LONGEST: usize = 120;

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// This year in Jakarta, without one.
    year: Option<i32>,
}

/// The days of a year that differ from the week: national ones (`libur_nasional`, `cuti_bersama`) and the office's own.
#[utoipa::path(get, path = "/internal/calendar", tag = "calendar", params(Asked), responses((status = 200, body = Page<CalendarDay>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<CalendarDay>>, Problem> {
    let year = asked.year.unwrap_or_else(|| super::jakarta_day(app.ctx.clock.now()).year());
    if !YEARS.contains(&year) {
        return Err(Problem::validation([("year", "must be between 2000 and 2200")]));
    }
    let mut tx = app.ctx.db.office(office).await?;
    let own = store::own(&mut tx, office, Some(year)).await?;
    tx.commit().await?;
    let mut days: BTreeMap<NaiveDate, CalendarDay> = BTreeMap::new();
    for national in national::of(year) {
        let kind = if national.cuti_bersama { "cuti_bersama" } else { "libur_nasional" };
        let day =
            CalendarDay { day: national.day, name: national.name.to_owned(), closed: true, kind: kind.to_owned() };
        days.insert(national.day, day);
    }
    days.extend(own.into_iter().map(|day| (day.day, day)));
    Ok(Json(Page::whole(days.into_values().collect())))
}

/// Sets one day: closed, or worked on although the nation doesn't. Open complaints are counted again.
#[utoipa::path(
    put, path = "/internal/calendar/{day}", tag = "calendar", request_body = SetCalendarDay,
    params(("day" = String, Path, description = "YYYY-MM-DD")),
    responses(
        (status = 200, body = CalendarDay),
        (status = 400, body = contracts::problem::Problem),
        (status = 403, description = "the person may not change the calendar", body = contracts::problem::Problem)
    )
)]
pub async fn set(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(day): Path<String>,
    Json(body): Json<SetCalendarDay>,
) -> Result<Json<CalendarDay>, Problem> {
    may_manage(&actor)?;
    let day = read(&day)?;
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.contains('\0') {
        return Err(Problem::validation([("name", format!("must have 1 to {LONGEST} characters"))]));
    }
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(office).await?;
    store::set(&mut tx, office, day, name, body.closed, &actor.label(), now).await?;
    clock::store::recount(&mut tx, office, now).await?;
    tx.commit().await?;
    Ok(Json(CalendarDay { day, name: name.to_owned(), closed: body.closed, kind: "kantor".to_owned() }))
}

/// Takes the office's own word about a day back: the nation's counts again.
#[utoipa::path(
    delete, path = "/internal/calendar/{day}", tag = "calendar",
    params(("day" = String, Path, description = "YYYY-MM-DD")),
    responses(
        (status = 204),
        (status = 403, description = "the person may not change the calendar", body = contracts::problem::Problem),
        (status = 404, description = "the office has set nothing about this day", body = contracts::problem::Problem)
    )
)]
pub async fn unset(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(day): Path<String>,
) -> Result<StatusCode, Problem> {
    may_manage(&actor)?;
    let day = read(&day)?;
    let mut tx = app.ctx.db.office(office).await?;
    if !store::unset(&mut tx, office, day).await? {
        return Err(Error::NoDay.into());
    }
    clock::store::recount(&mut tx, office, app.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(day: &str) -> Result<NaiveDate, Problem> {
    let bad = || Problem::validation([("day", "must be a date between 2000 and 2200: YYYY-MM-DD")]);
    day.parse::<NaiveDate>().ok().filter(|day| YEARS.contains(&day.year())).ok_or_else(bad)
}
