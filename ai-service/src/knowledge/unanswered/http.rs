//! `/internal/knowledge/unanswered`.

use axum::extract::State;
use contracts::dto::{MAX_LIMIT, Page};
use contracts::permissions::MANAGE_KNOWLEDGE;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::{UnansweredQuestion, store};
use crate::App;

const USUAL_LIMIT: u32 = 50;

/// Which questions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// `true`: those that somebody settled. Open ones when left out.
    #[serde(default)]
    resolved: bool,
    /// From the last page.
    cursor: Option<String>,
    /// At most 200; 50 when left out.
    limit: Option<u32>,
}

/// What citizens asked and nothing answered, the most asked first.
#[utoipa::path(
    get, path = "/internal/knowledge/unanswered", tag = "knowledge", params(Which),
    responses((status = 200, body = Page<UnansweredQuestion>), (status = 400, body = contracts::problem::Problem))
)]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(which): Query<Which>,
) -> Result<Json<Page<UnansweredQuestion>>, Problem> {
    let limit = which.limit.unwrap_or(USUAL_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::validation([("limit", format!("must be between 1 and {MAX_LIMIT}"))]));
    }
    let after = match which.cursor.as_deref() {
        None => None,
        Some(text) => {
            let read =
                text.split_once('.').and_then(|(asked, id)| Some((asked.parse().ok()?, Uuid::parse_str(id).ok()?)));
            Some(read.ok_or_else(|| Problem::validation([("cursor", "must come from the page before")]))?)
        }
    };
    let mut tx = app.ctx.db.office(office).await?;
    let data = store::list(&mut tx, office, which.resolved, after, i64::from(limit)).await?;
    tx.commit().await?;
    let full = u32::try_from(data.len()).is_ok_and(|n| n == limit);
    let next_cursor = data.last().filter(|_| full).map(|last| format!("{}.{}", last.asked, last.id));
    Ok(Json(Page { data, next_cursor }))
}

/// Settles a question: it was answered somewhere, or needs no answer.
#[utoipa::path(
    post, path = "/internal/knowledge/unanswered/{id}/resolve", tag = "knowledge", params(("id" = Uuid, Path)),
    responses((status = 200, body = UnansweredQuestion), (status = 404, body = contracts::problem::Problem))
)]
pub async fn resolve(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<UnansweredQuestion>, Problem> {
    if actor != Actor::Service {
        actor.require(MANAGE_KNOWLEDGE)?;
    }
    let mut tx = app.ctx.db.office(office).await?;
    let resolved = store::resolve(&mut tx, office, id, &actor.label(), app.ctx.clock.now()).await?;
    tx.commit().await?;
    resolved.map(Json).ok_or_else(|| Problem::not_found("there is no such question"))
}
