//! Every URL of channel-service.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use platform::http::internal;
use utoipa::OpenApi;

use crate::webhooks::http::MAX_WEBHOOK;
use crate::{App, contacts, conversations, messages, numbers, quarantine, takeover, webhooks};

/// The routes with their state applied.
pub fn all(app: &App) -> Router {
    let public = Router::new().route(
        "/webhook/whatsapp",
        get(webhooks::http::verify).post(webhooks::http::receive).layer(DefaultBodyLimit::max(MAX_WEBHOOK)),
    );
    let keyed = Router::new()
        .route("/internal/messages/send", post(messages::http::send))
        .route("/internal/messages", get(messages::http::list))
        .route("/internal/conversations", get(conversations::http::list))
        .route("/internal/conversations/changes", get(conversations::http::changes))
        .route("/internal/conversations/{id}", get(conversations::http::get))
        .route("/internal/takeover/{id}/start", post(takeover::http::start))
        .route("/internal/takeover/{id}/end", post(takeover::http::end))
        .route("/internal/takeover/{id}/status", get(takeover::http::status))
        .route("/internal/contacts/resolve", post(contacts::http::resolve))
        .route("/internal/citizens/{contact_id}", get(contacts::http::export).delete(contacts::http::erase))
        .route("/internal/numbers", get(numbers::http::list).post(numbers::http::put))
        .route("/internal/quarantine", get(quarantine::http::list));
    public.merge(internal(keyed, &app.ctx)).with_state(app.clone())
}

/// The OpenAPI document.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "channel-service",
        description = "WhatsApp in and out: webhooks, conversations, turns, sending, takeover."
    ),
    paths(
        webhooks::http::verify,
        webhooks::http::receive,
        messages::http::send,
        messages::http::list,
        conversations::http::list,
        conversations::http::get,
        conversations::http::changes,
        takeover::http::start,
        takeover::http::end,
        takeover::http::status,
        contacts::http::resolve,
        contacts::http::export,
        contacts::http::erase,
        numbers::http::list,
        numbers::http::put,
        quarantine::http::list
    )
)]
pub struct ApiDoc;
