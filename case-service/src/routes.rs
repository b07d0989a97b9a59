//! Every URL of the case service, beside the standard ones.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::{App, calendar, categories, citizens, complaints, identity, notes, open311, stats};

/// The routes, all but the public ones of Open311 behind the internal key.
pub fn router(app: &App) -> Router {
    let internal = Router::new()
        .route("/internal/complaints", get(complaints::search::http::list).post(complaints::http::create))
        .route("/internal/complaints/export.csv", get(complaints::search::csv::export))
        .route("/internal/complaints/stats", get(stats::http::stats))
        .route("/internal/complaints/{id}", get(complaints::http::get).put(complaints::http::update))
        .route("/internal/complaints/{id}/notes", post(notes::add))
        .route("/internal/complaints/{id}/reveal", post(identity::http::reveal))
        .route("/internal/categories", get(categories::http::list).post(categories::http::create))
        .route("/internal/categories/{kategori}", put(categories::http::update))
        .route("/internal/calendar", get(calendar::http::list))
        .route("/internal/calendar/{day}", put(calendar::http::set).delete(calendar::http::unset))
        .route("/internal/open311/keys", get(open311::keys::http::list).post(open311::keys::http::create))
        .route("/internal/open311/keys/{id}", delete(open311::keys::http::revoke))
        .route("/internal/citizens/{contact_id}", get(citizens::http::export).delete(citizens::http::erase));
    open311::routes().merge(platform::http::internal(internal, &app.ctx)).with_state(app.clone())
}
