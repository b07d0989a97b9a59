//! The OpenAPI document, from the handlers.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "GovConnect notification-service",
        description = "What citizens are told outside their conversations, and how each telling went."
    ),
    paths(
        crate::notifications::http::create,
        crate::notifications::http::list,
        crate::notifications::http::get,
        crate::notifications::http::set_status,
        crate::templates::http::list,
        crate::templates::http::create,
        crate::templates::http::update,
        crate::citizens::http::export,
        crate::citizens::http::erase,
    )
)]
struct Document;

/// The document that `/openapi.json` serves.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
