//! The routes that every service has: `/health`, `/ready`, `/metrics`, `/openapi.json`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use serde::Serialize;

use super::Problem;
use crate::Context;

/// What a service leans on, as it is now.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Dependencies {
    pub database: &'static str,
    pub broker: &'static str,
}

/// When a service can do its main job.
pub type Readiness = fn(&Dependencies) -> bool;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    service: &'static str,
    version: &'static str,
    dependencies: Dependencies,
}

/// The standard routes.
pub fn routes(openapi: serde_json::Value, ready: Readiness) -> Router<Context> {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(move |state| is_ready(state, ready)))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(move || async move { Json(openapi) }))
}

async fn dependencies(ctx: &Context) -> Dependencies {
    let up = |is: bool| if is { "up" } else { "down" };
    let answers = tokio::time::timeout(std::time::Duration::from_secs(1), ctx.db.ping()).await;
    let database = matches!(answers, Ok(Ok(()))) && ctx.db.is_migrated();
    let broker = ctx.bus.is_up();
    ctx.metrics.dependency_up.with_label_values(&["database"]).set(database.into());
    ctx.metrics.dependency_up.with_label_values(&["broker"]).set(broker.into());
    Dependencies { database: up(database), broker: up(broker) }
}

/// The process runs. That something it leans on is away is said, and no reason to restart it.
async fn health(State(ctx): State<Context>) -> Response {
    let dependencies = dependencies(&ctx).await;
    let status = if dependencies.database == "up" && dependencies.broker == "up" { "ok" } else { "degraded" };
    Json(Health { status, service: ctx.service, version: env!("CARGO_PKG_VERSION"), dependencies }).into_response()
}

async fn is_ready(State(ctx): State<Context>, ready: Readiness) -> Response {
    let dependencies = dependencies(&ctx).await;
    let (code, status) =
        if ready(&dependencies) { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    let body = Health { status, service: ctx.service, version: env!("CARGO_PKG_VERSION"), dependencies };
    (code, Json(body)).into_response()
}

async fn metrics(State(ctx): State<Context>) -> Result<Response, Problem> {
    let text = ctx.metrics.render().map_err(|error| Problem::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
