//! The OpenAPI document of the internal API, from the handlers. Pages are for people and not in it.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "GovConnect dashboard", description = "Offices and their staff; pages for people stand beside it."),
    paths(
        crate::offices::http::list,
        crate::offices::http::create,
        crate::offices::http::update,
        crate::knowledge::internal::list,
        crate::knowledge::internal::create,
        crate::documents::internal::list,
        crate::documents::internal::create,
        crate::staff::http::create,
    )
)]
struct Document;

/// The document that `/openapi.json` serves.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
