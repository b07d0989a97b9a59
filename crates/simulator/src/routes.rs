//! Every address, on one screen.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Json;
use axum::routing::{get, post, put};
use serde_json::{Value, json};

use crate::graph::{media, messages};
use crate::sim::{citizens, controls, live, raw, services};
use crate::state::Shared;
use crate::ui;

/// The largest document that WhatsApp carries, with its multipart clothes on.
const LARGEST_BODY: usize = 101 << 20;

pub fn router(app: Shared) -> Router {
    Router::new()
        // The page.
        .route("/", get(ui::index))
        .route("/style.css", get(ui::style))
        .route("/phone.js", get(ui::phone_script))
        .route("/trace.js", get(ui::trace_script))
        .route("/words.js", get(ui::words_script))
        .route("/samples.js", get(ui::samples_script))
        .route("/voice-note.ogg", get(ui::voice_note))
        // The scripts' API.
        .route("/sim/state", get(controls::state))
        .route("/sim/events", get(live::events))
        .route("/sim/trace", get(live::trace))
        .route("/sim/numbers", get(controls::numbers).post(controls::add_number))
        .route("/sim/citizens", get(citizens::list))
        .route("/sim/citizens/{wa_id}", put(citizens::change))
        .route("/sim/citizens/{wa_id}/messages", get(citizens::read).post(citizens::say))
        .route("/sim/webhooks", post(raw::deliver))
        .route("/sim/webhooks/retry", post(controls::retry))
        .route("/sim/settings", get(controls::settings).put(controls::change_settings))
        .route("/sim/faults", get(controls::faults).put(controls::change_faults))
        .route("/sim/stats", get(controls::stats))
        .route("/sim/reset", post(controls::reset))
        .route("/sim/services", get(services::health))
        .route("/sim/complaints/{id}", get(services::complaint))
        .route("/sim/media/{id}", get(media::show))
        // How it is.
        .route("/health", get(health))
        .route("/ready", get(health))
        // The Graph API.
        .route("/whatsapp_business/attachments/", get(media::download))
        .route("/{version}/{id}", get(media::look_up).delete(media::delete))
        .route("/{version}/{phone_number_id}/messages", post(messages::post))
        .route("/{version}/{phone_number_id}/media", post(media::upload))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

async fn health(State(app): State<Shared>) -> Json<Value> {
    let webhooks = app.world().webhooks;
    Json(json!({
        "status": "ok", "service": "simulator", "simulator": true, "version": env!("CARGO_PKG_VERSION"),
        "note": "for development and training only", "webhooks_pending": webhooks.pending,
    }))
}
