//! `GET /internal/quarantine` and `GET /internal/unknown`.

use axum::extract::State;
use contracts::dto::{MAX_LIMIT, Page};
use platform::Tx;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{QuarantinedItem, UnknownKind, store};
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
    let (mut tx, whose) = whose(&app, office, &actor, query.unassigned).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let items = store::list(&mut tx, whose, query.kind.as_deref(), limit.into()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(items)))
}

/// Which kinds to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnknownQuery {
    kind: Option<String>,
    /// How many of the latest items to show of each kind (3; 20 at most).
    latest: Option<u32>,
    /// What belongs to no office.
    #[serde(default)]
    unassigned: bool,
}

/// What WhatsApp sent and nobody understood: how much of each kind, and the latest of it as it came.
#[utoipa::path(get, path = "/internal/unknown", tag = "webhook", params(UnknownQuery), responses((status = 200, body = Page<UnknownKind>)))]
pub async fn unknown(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(query): Query<UnknownQuery>,
) -> Result<Json<Page<UnknownKind>>, Problem> {
    let (mut tx, whose) = whose(&app, office, &actor, query.unassigned).await?;
    let latest = query.latest.unwrap_or(3).min(20);
    let kinds = store::kinds(&mut tx, whose, query.kind.as_deref(), latest.into()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(kinds)))
}

/// The office's own, or what belongs to none: that is for whoever runs the system.
async fn whose(
    app: &App,
    office: contracts::OfficeId,
    actor: &Actor,
    unassigned: bool,
) -> Result<(Tx, Option<Uuid>), Problem> {
    if !unassigned {
        return Ok((app.ctx.db.office(office).await?, Some(office.0)));
    }
    if actor.person().is_some_and(|person| person.office.is_some()) {
        return Err(Problem::forbidden("what belongs to no office is for whoever runs the system"));
    }
    Ok((app.ctx.db.all_offices("quarantine of no office").await?, None))
}
