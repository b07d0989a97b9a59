//! Every URL of the dashboard.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};

use crate::{Server, live, offices, pages, security, sessions, staff};

/// The routes with their state.
pub fn router(server: &Server) -> Router {
    // Pages and what they call: behind the session.
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/dashboard", get(pages::guarded))
        .route("/complaints", get(pages::guarded))
        .route("/complaints/{id}", get(pages::guarded))
        .route("/login", get(pages::login).post(sessions::http::sign_in))
        .route("/logout", post(sessions::http::sign_out))
        .route("/office", post(sessions::http::switch_office))
        .route("/api/live", get(live::http::live))
        .route("/api/{*function}", post(pages::server_function))
        .route("/{*anywhere}", get(pages::open))
        .layer(from_fn_with_state(server.clone(), sessions::http::find_session))
        .layer(from_fn(security::own_pages_only))
        .merge(server.pkg.routes())
        .layer(from_fn(security::headers));

    // Other services and automation: behind the internal key.
    let internal = Router::new()
        .route("/internal/offices", get(offices::http::list).post(offices::http::create))
        .route("/internal/offices/{office_id}", put(offices::http::update))
        .route("/internal/staff", post(staff::http::create));
    pages.merge(platform::http::internal(internal, &server.ctx)).with_state(server.clone())
}
