//! Every URL of the dashboard.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};

use crate::{
    Server, documents, drawn, knowledge, live, live_chat, numbers, offices, pages, security, sessions, settings, staff,
};

/// The routes with their state.
pub fn router(server: &Server) -> Router {
    // Pages and what they call: behind the session.
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/dashboard", get(pages::guarded))
        .route("/complaints", get(pages::guarded))
        .route("/complaints/{id}", get(pages::guarded))
        .route("/live-chat", get(drawn::http::page))
        .route("/live-chat/{id}", get(drawn::http::page))
        .route("/media/{id}", get(live_chat::media::media))
        .route("/channel", get(drawn::http::page))
        .route("/channel/numbers/{id}/resume", post(numbers::http::resume))
        .route("/channel/letters/{id}/redrive", post(numbers::http::redrive))
        .route("/channel/letters/{id}/drop", post(numbers::http::drop_letter))
        .route("/channel/blocks/{id}/lift", post(numbers::http::lift))
        .route("/settings", get(drawn::http::page).post(settings::http::save))
        .route("/knowledge", get(drawn::http::page).post(knowledge::http::try_out))
        .route("/knowledge/new", get(drawn::http::page).post(knowledge::http::add))
        .route("/knowledge/{id}", get(drawn::http::page).post(knowledge::http::save))
        .route("/knowledge/{id}/retire", post(knowledge::http::retire))
        .route("/knowledge/{id}/restore", post(knowledge::http::restore))
        .route("/knowledge/{id}/delete", post(knowledge::http::delete))
        .route("/documents", get(drawn::http::page).post(documents::http::add).layer(documents::http::body_limit()))
        .route(
            "/documents/{id}",
            get(drawn::http::page).post(documents::http::replace).layer(documents::http::body_limit()),
        )
        .route("/documents/{id}/file", get(documents::download::download))
        .route("/documents/{id}/reprocess", post(documents::http::reprocess))
        .route("/documents/{id}/delete", post(documents::http::delete))
        .route("/analytics", get(drawn::http::page))
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
        .route("/internal/knowledge/entries", get(knowledge::internal::list).post(knowledge::internal::create))
        .route(
            "/internal/documents",
            get(documents::internal::list).post(documents::internal::create).layer(documents::http::body_limit()),
        )
        .route("/internal/staff", post(staff::http::create));
    pages.merge(platform::http::internal(internal, &server.ctx)).with_state(server.clone())
}
