//! Drawing on the server: for a page that is opened, for the browser half, and for a form that was not right.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, Uri};
use leptos::prelude::*;
use tracing::error;

use super::Drawing;
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::sessions::http::{SessionState, Signed, signed_in};
use crate::{Server, analytics, documents, knowledge, live_chat, numbers, pages, settings};

/// One page's content, and the status that fits it.
#[derive(Debug)]
pub struct Drawn {
    pub html: String,
    pub status: StatusCode,
}

impl Drawn {
    /// A page that is as it should be.
    pub fn new(view: impl IntoView + 'static) -> Self {
        // Components want an owner; nothing of it outlives the drawing.
        let owner = Owner::new();
        let html = owner.with(|| view.into_view().to_html());
        Self { html, status: StatusCode::OK }
    }

    /// The same with another status.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// A page, for who is signed in; others sign in first and come back.
pub async fn page(State(server): State<Server>, request: Request) -> Response {
    let signed = match request.extensions().get::<SessionState>() {
        Some(SessionState::Signed(signed)) => signed.clone(),
        _ => return pages::guarded(State(server), request).await,
    };
    let drawn = draw(&server, &signed.viewer, request.uri()).await.unwrap_or_else(|error| trouble(&error));
    whole(&server, request, drawn).await
}

/// A page that answers a form: drawn at the form's own address, which is a page's address too.
pub async fn answer(server: &Server, signed: Box<Signed>, at: &str, drawn: Drawn) -> Response {
    let Ok(mut request) = Request::get(at).body(axum::body::Body::empty()) else {
        error!(at, "a form's address is none");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    request.extensions_mut().insert(SessionState::Signed(signed));
    whole(server, request, drawn).await
}

/// Sends the browser on, to see what its form has done.
pub fn on(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// Who sent a form; or where they go instead.
pub fn sender(state: SessionState) -> Result<Box<Signed>, Box<Response>> {
    match state {
        SessionState::Signed(signed) => Ok(signed),
        SessionState::Nobody => Err(Box::new(on("/login"))),
        SessionState::Unavailable => Err(Box::new(pages::away())),
    }
}

/// The drawing for the browser half.
pub async fn for_browser(address: &str) -> Result<String, AppError> {
    let viewer = signed_in()?;
    let server = use_context::<Server>().ok_or(AppError::Internal)?;
    let uri: Uri = address.parse().map_err(|_| AppError::NotFound)?;
    Ok(draw(&server, &viewer, &uri).await.unwrap_or_else(|error| trouble(&error)).html)
}

/// Every drawn page.
async fn draw(server: &Server, viewer: &Viewer, uri: &Uri) -> Result<Drawn, AppError> {
    let path: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    let query = Query::read(uri);
    match path[..] {
        ["knowledge"] => knowledge::page::overview(server, viewer, &query).await,
        ["knowledge", "new"] => knowledge::form::blank(viewer, &query),
        ["knowledge", id] => knowledge::form::entry(server, viewer, id, &query).await,
        ["documents"] => documents::page::overview(server, viewer, &query).await,
        ["documents", id] => documents::detail::one(server, viewer, id, &query).await,
        ["channel"] => numbers::page::overview(server, viewer, &query).await,
        ["settings"] => settings::page::overview(server, viewer, &query).await,
        ["live-chat"] => live_chat::draw::page(server, viewer, None, &query).await,
        ["live-chat", id] => live_chat::draw::page(server, viewer, Some(id), &query).await,
        ["analytics"] => analytics::page::overview(server, viewer, &query).await,
        _ => Err(AppError::NotFound),
    }
}

async fn whole(server: &Server, request: Request, drawn: Drawn) -> Response {
    let mut response = pages::draw_with(server, request, Some(Drawing(drawn.html))).await;
    if drawn.status != StatusCode::OK {
        *response.status_mut() = drawn.status;
    }
    response
}

/// What is drawn in place of a page that can't be.
fn trouble(error: &AppError) -> Drawn {
    let error = error.clone();
    let status = match error {
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Forbidden => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    Drawn::new(view! { <crate::app::components::Trouble error/> }).status(status)
}

/// What stands behind the question mark.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    fn read(uri: &Uri) -> Self {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.trim().to_owned())).collect())
    }

    /// A value that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}
