//! `GET /media/{id}`: a citizen's file, for who is signed in at the office that it belongs to.
//!
//! The bytes pass through unread, in ranges where the browser asks for them; channel-service decides whose they are and
//! what type is safe to say.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use platform::http::Problem;
use platform::http::client::CallError;
use tracing::warn;

use crate::Server;
use crate::sessions::http::{SessionState, call_as};

/// A slow line may take this long for a large file.
const LONGEST: Duration = Duration::from_mins(10);
/// What the browser may ask of us and we of channel-service.
const ASKED: [HeaderName; 2] = [header::RANGE, header::IF_RANGE];
/// What channel-service says of the bytes.
const SAID: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    header::CONTENT_DISPOSITION,
    header::ETAG,
    header::LAST_MODIFIED,
];
/// A file never changes; but who signs out must not find it again.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=3600");
/// Whatever the file is, it may do nothing.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; media-src 'self'; img-src 'self'; style-src 'none'; sandbox");

/// The file.
pub async fn media(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let signed = match state {
        SessionState::Signed(signed) => signed,
        SessionState::Nobody => return Err(Problem::unauthorized("sign in first")),
        SessionState::Unavailable => return Err(Problem::unavailable("the database is away: try again later")),
    };
    // An id is one word: nothing that could lead to another path.
    if id.is_empty()
        || id.len() > 128
        || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        return Err(Problem::not_found("there is no such file"));
    }
    let call = call_as(&server, &signed.viewer).map_err(|_| Problem::unavailable("the call could not be signed"))?;
    let found = server
        .channel
        .send(Method::GET, &format!("/internal/media/{id}"), &call, |request| {
            let request = request.timeout(LONGEST);
            ASKED.iter().fold(request, |request, name| match headers.get(name) {
                Some(value) => request.header(name, value),
                None => request,
            })
        })
        .await;
    match found {
        Ok(found) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = found.status();
            for name in SAID {
                if let Some(value) = found.headers().get(&name) {
                    response.headers_mut().insert(name, value.clone());
                }
            }
            response.headers_mut().insert(header::CACHE_CONTROL, KEEP);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, NOTHING);
            *response.body_mut() = Body::from_stream(found.bytes_stream());
            Ok(response)
        }
        Err(CallError::Refused { status: 416, .. }) => Ok(StatusCode::RANGE_NOT_SATISFIABLE.into_response()),
        Err(CallError::Refused { status: 403 | 404 | 400 | 410, .. }) => {
            Err(Problem::not_found("there is no such file"))
        }
        Err(error) => {
            warn!(error = &error as &dyn std::error::Error, "a file could not be fetched");
            Err(Problem::unavailable("the file can't be fetched now: try again later"))
        }
    }
}
