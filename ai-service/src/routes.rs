//! Every URL of the AI service, beside the standard ones.

use axum::Router;
use axum::routing::{get, post};

use crate::{App, analytics, citizens, process};

/// The routes, all of them behind the internal key.
pub fn router(app: &App) -> Router {
    let internal = Router::new()
        .route("/internal/process-message", post(process::http::process_message))
        .route("/internal/analytics", get(analytics::http::analytics))
        .route("/internal/citizens/{contact_id}", get(citizens::http::export).delete(citizens::http::erase));
    platform::http::internal(internal, &app.ctx).with_state(app.clone())
}
