//! `GET /sim/events`: the live stream for the page; `GET /sim/trace`: the last few hundred events.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use crate::state::Shared;

pub async fn events(State(app): State<Shared>) -> Response {
    let stream = BroadcastStream::new(app.events.subscribe())
        .map(|event| {
            // A page that fell behind loads everything anew.
            let line = event.map_or_else(|_| r#"{"kind":"resync"}"#.to_owned(), |line| line.to_string());
            Ok::<_, Infallible>(Event::default().data(line))
        })
        .take_until(app.stop.clone().cancelled_owned());
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

pub async fn trace(State(app): State<Shared>) -> Response {
    let body = format!("{{\"data\":[{}]}}", app.events.recent().join(","));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
