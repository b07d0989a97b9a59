//! Statistics over HTTP.

use axum::extract::State;
use chrono::Duration;
use contracts::dto::case::{ComplaintStats, StatCount};
use platform::clock::jakarta_day;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};

use super::{Group, Params, store};
use crate::App;
use crate::calendar::start_of;
use crate::complaints::draft::Checker;
use crate::complaints::search::instant;
use crate::complaints::sight::Sight;
use crate::error::Error;

/// How far back statistics reach when the caller does not say.
const USUAL_DAYS: i64 = 30;

/// Counts of the complaints made in a span of time.
#[utoipa::path(
    get, path = "/internal/complaints/stats", tag = "complaints", params(Params),
    responses((status = 200, body = ComplaintStats), (status = 400, body = contracts::problem::Problem))
)]
pub async fn stats(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(params): Query<Params>,
) -> Result<Json<ComplaintStats>, Problem> {
    let now = app.ctx.clock.now();
    let mut check = Checker::default();
    let from = instant("from", params.from.as_deref(), 0, &mut check)
        .unwrap_or_else(|| start_of(jakarta_day(now - Duration::days(USUAL_DAYS))));
    // A complaint made at this very instant counts.
    let to = instant("to", params.to.as_deref(), 1, &mut check).unwrap_or(now + Duration::seconds(1));
    let mut wanted = Vec::new();
    for word in params.group_by.iter().flat_map(|words| words.split(',')).map(str::trim).filter(|word| !word.is_empty())
    {
        match Group::from_word(word) {
            Some(group) => wanted.push(group),
            None => {
                check
                    .refuse("group_by", format!("\"{word}\" is none of status, kategori, kelurahan, agency, age, day"));
            }
        }
    }
    let errors = check.finish();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    if wanted.is_empty() {
        wanted.extend(Group::ALL);
    }

    let sight = Sight::of(&actor);
    let mut tx = app.ctx.db.office(office).await?;
    let counts = store::counts(&mut tx, office, (from, to), sight.secret || sight.person.is_none(), now).await?;
    tx.commit().await?;
    let mut stats = ComplaintStats {
        from,
        to,
        total: 0,
        open: 0,
        late: 0,
        closed: 0,
        kept: 0,
        median_minutes: None,
        by_status: Vec::new(),
        by_kategori: Vec::new(),
        by_kelurahan: Vec::new(),
        by_agency: Vec::new(),
        by_age: Vec::new(),
        by_day: Vec::new(),
    };
    for counted in counts {
        let list = match counted.group {
            None => {
                let StatCount { count, late, closed, kept, median_minutes, .. } = counted.count;
                (stats.total, stats.open, stats.late) = (count, counted.open, late);
                (stats.closed, stats.kept, stats.median_minutes) = (closed, kept, median_minutes);
                continue;
            }
            Some(group) if !wanted.contains(&group) => continue,
            Some(Group::Status) => &mut stats.by_status,
            Some(Group::Kategori) => &mut stats.by_kategori,
            Some(Group::Kelurahan) => &mut stats.by_kelurahan,
            Some(Group::Agency) => &mut stats.by_agency,
            // What is closed has no age any more.
            Some(Group::Age) if counted.count.key == "closed" => continue,
            Some(Group::Age) => &mut stats.by_age,
            Some(Group::Day) => &mut stats.by_day,
        };
        list.push(counted.count);
    }
    Ok(Json(stats))
}
