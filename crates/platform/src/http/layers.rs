//! What stands around every route: trace and request id, one canonical log line, deadline, body limit, panics caught.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::HeaderValue;
use tokio::time::Instant;
use tracing::{Instrument, error, info, info_span};

use super::{Problem, auth};
use crate::Context;
use crate::trace::{TRACEPARENT, TraceContext};

/// The largest body of an ordinary route.
pub const MAX_BODY: usize = 1024 * 1024;
/// The longest that an ordinary request may take.
const DEADLINE: Duration = Duration::from_secs(15);
/// The longest that a form with files may take: 20 MB over a village's mobile network.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(10);
/// How a caller finds the log lines of a request.
const REQUEST_ID: &str = "x-request-id";

/// Puts the internal key in front of routes.
pub fn internal<S: Clone + Send + Sync + 'static>(router: Router<S>, ctx: &Context) -> Router<S> {
    router.route_layer(from_fn_with_state(ctx.clone(), require_key))
}

async fn require_key(State(ctx): State<Context>, request: Request, next: Next) -> Response {
    if auth::key_is_good(request.headers(), &ctx.keys) {
        next.run(request).await
    } else {
        Problem::unauthorized("send the internal key in the header x-internal-api-key").into_response()
    }
}

/// Puts the house around a service's routes.
pub fn around(router: Router, ctx: &Context) -> Router {
    router
        .fallback(|| async { Problem::not_found("nothing is at this address") })
        .method_not_allowed_fallback(|| async {
            (
                http::StatusCode::METHOD_NOT_ALLOWED,
                Problem::bad_request("this address does not take this method").kind("method-not-allowed"),
            )
                .into_response()
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(ctx.clone(), observe))
}

async fn observe(State(ctx): State<Context>, mut request: Request, next: Next) -> Response {
    let trace = TraceContext::continued(request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok()));
    let trace_id = trace.trace_id();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(trace);
    let span = info_span!("http.request", %method, route, trace_id);
    let started = Instant::now();
    let deadline = if has_files(&request) { UPLOAD_DEADLINE } else { DEADLINE };

    let work = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind();
    let outcome = trace.run(tokio::time::timeout(deadline, work).instrument(span.clone())).await;
    let mut response = trace
        .run(async {
            match outcome {
                Ok(Ok(response)) => response,
                Ok(Err(_panic)) => {
                    error!(parent: &span, "a handler panicked");
                    Problem::internal(&std::io::Error::other("the handler panicked")).into_response()
                }
                Err(_elapsed) => Problem::deadline().into_response(),
            }
        })
        .await;

    let seconds = started.elapsed().as_secs_f64();
    let status = response.status();
    ctx.metrics.http_requests.with_label_values(&[route.as_str(), class(status)]).inc();
    ctx.metrics.http_seconds.observe(seconds);
    // Probes would drown everything else.
    if !matches!(route.as_str(), "/health" | "/ready" | "/metrics") {
        info!(parent: &span, status = status.as_u16(), ms = seconds * 1000.0, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn has_files(request: &Request) -> bool {
    let kind = request.headers().get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

fn class(status: http::StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
