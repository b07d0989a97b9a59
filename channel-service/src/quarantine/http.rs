//! `GET /internal/quarantine`.

use axum::extract::State;
use chrono::{DateTime, Utc};
use contracts::dto::{MAX_LIMIT, Page};
use platform::http::auth::Office;
use platform::http::{Json, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store;
use crate::App;

/// Which items to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    kind: Option<String>,
    limit: Option<u32>,
}

/// An item that was put aside. Its content may hold personal data and is not part of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuarantinedItem {
    pub id: Uuid,
    pub kind: String,
    pub reason: String,
    pub bytes: i32,
    pub created_at: DateTime<Utc>,
}

/// What was put aside, the latest first.
#[utoipa::path(get, path = "/internal/quarantine", tag = "webhook", params(ListQuery), responses((status = 200, body = Page<QuarantinedItem>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<QuarantinedItem>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let items = store::list(&mut tx, office, query.kind.as_deref(), limit.into()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(items)))
}
