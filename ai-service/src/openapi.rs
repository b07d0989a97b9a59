//! The OpenAPI document, from the handlers.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "GovConnect ai-service",
        description = "Understanding and dialogue: what a citizen means, and what to answer."
    ),
    paths(
        crate::process::http::process_message,
        crate::transcriptions::http::transcribe,
        crate::documents::http::list,
        crate::documents::http::process,
        crate::documents::http::one,
        crate::documents::http::delete,
        crate::documents::http::chunks,
        crate::knowledge::http::search,
        crate::knowledge::unanswered::http::list,
        crate::knowledge::unanswered::http::resolve,
        crate::understanding::areas::http::load,
        crate::understanding::areas::http::list,
        crate::analytics::http::analytics,
        crate::citizens::http::export,
        crate::citizens::http::erase,
    )
)]
struct Document;

/// The document that `/openapi.json` serves.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
