//! `/internal/areas`: an office loads the names of its kelurahan and kecamatan.

use axum::extract::State;
use bytes::Bytes;
use contracts::permissions::MANAGE_OFFICE;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem};
use serde::Serialize;

use super::{Area, Index, store, table};
use crate::App;

/// What an office has loaded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LoadedAreas {
    /// Kelurahan, desa and kecamatan that texts are searched for.
    pub areas: usize,
}

/// Takes the office's areas in the place of those before: CSV (`text/csv`, with a header `kode,nama` as the official table
/// has it, further columns ignored) or a JSON list of `{code, name}`; an empty list takes them away.
#[utoipa::path(
    put, path = "/internal/areas", tag = "areas", request_body = Vec<Area>,
    responses(
        (status = 200, body = LoadedAreas),
        (status = 400, description = "the bad line is named", body = contracts::problem::Problem)
    )
)]
pub async fn load(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<LoadedAreas>, Problem> {
    if let Actor::Person(_) = &actor {
        actor.require(MANAGE_OFFICE)?;
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let read = if kind.starts_with("text/csv") { table::csv(&body) } else { table::json(&body) };
    let areas = read.map_err(|wrong| Problem::validation([wrong]))?;
    let json = serde_json::to_value(&areas).map_err(|error| Problem::internal(&error))?;
    let mut tx = app.ctx.db.office(office).await?;
    store::replace(&mut tx, office, &json, app.ctx.clock.now()).await?;
    tx.commit().await?;
    app.areas.forget(office);
    Ok(Json(LoadedAreas { areas: Index::new(areas).len() }))
}

/// The areas that the office has loaded.
#[utoipa::path(get, path = "/internal/areas", tag = "areas", responses((status = 200, body = Vec<Area>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Vec<Area>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let areas = store::areas(&mut tx, office).await?;
    tx.commit().await?;
    let areas = areas.map(serde_json::from_value).transpose().map_err(|error| Problem::internal(&error))?;
    Ok(Json(areas.unwrap_or_default()))
}
