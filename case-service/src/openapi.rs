//! The OpenAPI document, from the handlers.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "GovConnect case-service",
        description = "Complaints and their life, from the number to the last answer."
    ),
    paths(
        crate::complaints::http::create,
        crate::complaints::search::http::list,
        crate::complaints::search::csv::export,
        crate::stats::http::stats,
        crate::complaints::http::get,
        crate::complaints::http::update,
        crate::categories::http::list,
        crate::categories::http::create,
        crate::categories::http::update,
        crate::notes::add,
        crate::identity::http::reveal,
        crate::calendar::http::list,
        crate::calendar::http::set,
        crate::calendar::http::unset,
        crate::open311::keys::http::list,
        crate::open311::keys::http::create,
        crate::open311::keys::http::revoke,
        crate::citizens::http::export,
        crate::citizens::http::erase,
    )
)]
struct Document;

/// The document that `/openapi.json` serves.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
