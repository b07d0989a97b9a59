//! `GET /internal/analytics`.

use axum::extract::State;
use chrono::{Duration, NaiveDate};
use platform::http::auth::Office;
use platform::http::{Json, Problem, Query};
use serde::Deserialize;

use super::{Analytics, store};
use crate::App;

/// Days that are counted when none are named.
const USUAL_DAYS: i64 = 30;
/// The longest span that is counted at once.
const MOST_DAYS: i64 = 366;

/// The span.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First day (YYYY-MM-DD, Asia/Jakarta); 30 days before the last when left out.
    from: Option<NaiveDate>,
    /// Last day; today when left out.
    to: Option<NaiveDate>,
}

/// Counts what the assistant did.
#[utoipa::path(
    get, path = "/internal/analytics", tag = "assistant", params(Span),
    responses((status = 200, body = Analytics), (status = 400, body = contracts::problem::Problem))
)]
pub async fn analytics(
    State(app): State<App>,
    Office(office): Office,
    Query(span): Query<Span>,
) -> Result<Json<Analytics>, Problem> {
    let to = span.to.unwrap_or_else(|| app.ctx.clock.today_jakarta());
    let from = span.from.unwrap_or_else(|| to - Duration::days(USUAL_DAYS - 1));
    if from > to || (to - from).num_days() >= MOST_DAYS {
        return Err(Problem::validation([("from", format!("must lie before `to`, by at most {MOST_DAYS} days"))]));
    }
    let mut tx = app.ctx.db.office(office).await?;
    let analytics = store::count(&mut tx, office, from, to).await?;
    tx.commit().await?;
    Ok(Json(analytics))
}
