//! `GET /internal/quarantine`.

use axum::extract::State;
use contracts::dto::{MAX_LIMIT, Page};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{QuarantinedItem, store};
use crate::App;

/// Which items to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    kind: Option<String>,
    limit: Option<u32>,
    /// What belongs to no office, such as webhooks of numbers that nobody has.
    #[serde(default)]
    unassigned: bool,
}

/// What was put aside, the latest first.
#[utoipa::path(get, path = "/internal/quarantine", tag = "webhook", params(ListQuery), responses((status = 200, body = Page<QuarantinedItem>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<QuarantinedItem>>, Problem> {
    let (mut tx, whose) = if query.unassigned {
        if actor.person().is_some_and(|person| person.office.is_some()) {
            return Err(Problem::forbidden("what belongs to no office is for whoever runs the system"));
        }
        (app.ctx.db.all_offices("quarantine of no office").await?, None)
    } else {
        (app.ctx.db.office(office).await?, Some(office.0))
    };
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let items = store::list(&mut tx, whose, query.kind.as_deref(), limit.into()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(items)))
}
