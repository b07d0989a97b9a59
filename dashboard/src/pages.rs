//! Pages over HTTP: drawn whole on the server, so that they are useful before (and without) any script.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Server;
use crate::app::shell::shell;
use crate::drawn::Drawing;
use crate::security::page_policy;
use crate::sessions::http::SessionState;

const AWAY: &str = "<!DOCTYPE html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>Gangguan · GovConnect</title>\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"refresh\" content=\"5\">\
    <link rel=\"stylesheet\" href=\"/pkg/dashboard.css\"></head><body><main class=\"lost\"><p class=\"lost-code\">503</p>\
    <h1>Sistem sedang terganggu</h1><p class=\"muted\">Data Anda aman. Halaman ini mencoba lagi dengan sendirinya.</p></main></body></html>";

/// `/`
pub async fn home() -> Redirect {
    Redirect::to("/dashboard")
}

/// A page for who is signed in; others sign in first and come back.
pub async fn guarded(State(server): State<Server>, request: Request) -> Response {
    match request.extensions().get::<SessionState>() {
        Some(SessionState::Signed(_)) => draw(&server, request).await,
        Some(SessionState::Unavailable) => away(),
        _ => {
            let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
            Redirect::to(&format!("/login?next={}", utf8_percent_encode(here, NON_ALPHANUMERIC))).into_response()
        }
    }
}

/// `/login`; who is signed in already goes on.
pub async fn login(State(server): State<Server>, request: Request) -> Response {
    if let Some(SessionState::Signed(_)) = request.extensions().get::<SessionState>() {
        return Redirect::to("/dashboard").into_response();
    }
    draw(&server, request).await
}

/// Any other address: the page that says so.
pub async fn open(State(server): State<Server>, request: Request) -> Response {
    draw(&server, request).await
}

/// A server function.
pub async fn server_function(State(server): State<Server>, request: Request) -> Response {
    let mut response = leptos_axum::handle_server_fns_with_context(move || provide_context(server.clone()), request)
        .await
        .into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a person sees while the database is away.
pub fn away() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Html(AWAY)).into_response()
}

async fn draw(server: &Server, request: Request<Body>) -> Response {
    draw_with(server, request, None).await
}

/// A page, with what has been drawn for it already.
pub async fn draw_with(server: &Server, request: Request<Body>, drawing: Option<Drawing>) -> Response {
    let pkg = server.pkg.clone();
    let context = server.clone();
    let draw = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(context.clone());
            if let Some(drawing) = drawing.clone() {
                provide_context(drawing);
            }
        },
        move || {
            if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
                && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce))
            {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            shell(&pkg)
        },
    );
    let mut response = draw(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
