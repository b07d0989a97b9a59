//! Every URL of channel-service.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use platform::http::internal;
use utoipa::OpenApi;

use crate::webhooks::http::MAX_WEBHOOK;
use crate::{
    App, blocklist, citizens, contacts, conversations, media, messages, numbers, quarantine, takeover, webhooks,
};

/// The routes with their state applied.
pub fn all(app: &App) -> Router {
    let public = Router::new().route(
        "/webhook/whatsapp",
        get(webhooks::http::verify).post(webhooks::http::receive).layer(DefaultBodyLimit::max(MAX_WEBHOOK)),
    );
    let keyed = Router::new()
        .route("/internal/messages/send", post(messages::http::send))
        .route("/internal/messages", get(messages::http::list))
        .route("/internal/messages/{id}/retry", post(messages::http::retry))
        .route("/internal/conversations", get(conversations::http::list))
        .route("/internal/conversations/changes", get(conversations::http::changes))
        .route("/internal/conversations/{id}", get(conversations::http::get))
        .route("/internal/conversations/{id}/read", post(conversations::http::read))
        .route("/internal/takeover/{id}/start", post(takeover::http::start))
        .route("/internal/takeover/{id}/end", post(takeover::http::end))
        .route("/internal/takeover/{id}/status", get(takeover::http::status))
        .route("/internal/contacts/resolve", post(contacts::http::resolve))
        .route("/internal/citizens/{contact_id}", get(citizens::http::export).delete(citizens::http::erase))
        .route("/internal/numbers", get(numbers::http::list).post(numbers::http::post))
        .route("/internal/numbers/{id}", put(numbers::http::put))
        .route("/internal/numbers/{id}/resume", post(numbers::http::resume))
        .route("/internal/blocks", get(blocklist::http::list).post(blocklist::http::post))
        .route("/internal/blocks/{id}", delete(blocklist::http::delete))
        .route("/internal/quarantine", get(quarantine::http::list))
        .route("/internal/unknown", get(quarantine::http::unknown))
        .route("/internal/media/{id}", get(media::http::get));
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
        messages::http::retry,
        conversations::http::list,
        conversations::http::get,
        conversations::http::read,
        conversations::http::changes,
        takeover::http::start,
        takeover::http::end,
        takeover::http::status,
        contacts::http::resolve,
        citizens::http::export,
        citizens::http::erase,
        media::http::get,
        numbers::http::list,
        numbers::http::post,
        numbers::http::put,
        numbers::http::resume,
        blocklist::http::list,
        blocklist::http::post,
        blocklist::http::delete,
        quarantine::http::list,
        quarantine::http::unknown
    )
)]
pub struct ApiDoc;
