//! Every URL of the notification service, beside the standard ones.

use axum::Router;
use axum::routing::{get, put};

use crate::{App, citizens, notifications, templates};

/// The routes, all of them behind the internal key.
pub fn router(app: &App) -> Router {
    let internal = Router::new()
        .route("/internal/notifications", get(notifications::http::list).post(notifications::http::create))
        .route("/internal/notifications/{id}", get(notifications::http::get))
        .route("/internal/notifications/{id}/status", put(notifications::http::set_status))
        .route("/internal/templates", get(templates::http::list).post(templates::http::create))
        .route("/internal/templates/{name}", put(templates::http::update))
        .route("/internal/citizens/{contact_id}", get(citizens::http::export).delete(citizens::http::erase));
    platform::http::internal(internal, &app.ctx).with_state(app.clone())
}
