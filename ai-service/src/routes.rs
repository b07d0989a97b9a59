//! Every URL of the AI service, beside the standard ones.

use axum::Router;
use axum::routing::{get, post};

use crate::understanding::areas;
use crate::{App, analytics, citizens, documents, knowledge, process, transcriptions};

/// The routes, all of them behind the internal key.
pub fn router(app: &App) -> Router {
    let internal = Router::new()
        .route("/internal/process-message", post(process::http::process_message))
        .route("/internal/transcriptions", post(transcriptions::http::transcribe))
        .route("/internal/documents", get(documents::http::list))
        .route("/internal/documents/process", post(documents::http::process))
        .route("/internal/documents/{document_id}", get(documents::http::one).delete(documents::http::delete))
        .route("/internal/documents/{document_id}/chunks", get(documents::http::chunks))
        .route("/internal/knowledge/search", post(knowledge::http::search))
        .route("/internal/knowledge/unanswered", get(knowledge::unanswered::http::list))
        .route("/internal/knowledge/unanswered/{id}/resolve", post(knowledge::unanswered::http::resolve))
        .route("/internal/areas", get(areas::http::list).put(areas::http::load))
        .route("/internal/analytics", get(analytics::http::analytics))
        .route("/internal/citizens/{contact_id}", get(citizens::http::export).delete(citizens::http::erase));
    platform::http::internal(internal, &app.ctx).with_state(app.clone())
}
