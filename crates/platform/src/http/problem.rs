//! Errors that clients see. What happened inside goes to the log line, never to the client.

use axum::response::{IntoResponse, Response};
use contracts::problem::FieldError;
use http::{HeaderValue, StatusCode, header};
use tracing::{error, warn};

use crate::trace::TraceContext;

/// An error on its way to the client, as `application/problem+json`.
#[derive(Debug)]
pub struct Problem(Box<contracts::problem::Problem>);

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &str) -> Self {
        Self(Box::new(contracts::problem::Problem {
            kind: format!("urn:govconnect:problem:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: None,
            request_id: None,
            errors: Vec::new(),
            allowed: None,
        }))
    }

    /// 400: the request can't be understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request can't be understood").detail(detail)
    }

    /// 400, naming every bad field.
    pub fn validation<F: Into<String>, M: Into<String>>(errors: impl IntoIterator<Item = (F, M)>) -> Self {
        let mut this = Self::new(StatusCode::BAD_REQUEST, "validation", "Some fields are not right");
        this.0.errors = errors
            .into_iter()
            .map(|(field, message)| FieldError { field: field.into(), message: message.into() })
            .collect();
        this
    }

    /// 401.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Who calls is not known").detail(detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed to you").detail(detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found").detail(detail)
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "This does not fit the present state").detail(detail)
    }

    /// 412: someone else changed it meanwhile.
    pub fn stale(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", "It was changed meanwhile").detail(detail)
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large")
            .detail(format!("at most {limit} bytes are taken"))
    }

    /// 429.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests").detail(detail)
    }

    /// 500: our fault. The error goes to the log only.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        error!(error, "a request failed by our own fault");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here")
            .detail("it was logged; the request id finds it")
    }

    /// 503: something that we need is away.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not possible at the moment").detail(detail)
    }

    /// 504: it took too long.
    pub fn deadline() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "deadline", "It took too long").detail("try again later")
    }

    /// Another stable `type` than the status's own.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.0.kind = format!("urn:govconnect:problem:{kind}");
        self
    }

    /// What happened and what to do about it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Where it may go instead.
    #[must_use]
    pub fn allowed<A: Into<String>>(mut self, allowed: impl IntoIterator<Item = A>) -> Self {
        self.0.allowed = Some(allowed.into_iter().map(Into::into).collect());
        self
    }

    /// Logs the reason, which the client does not see.
    #[must_use]
    pub fn because(self, error: &(dyn std::error::Error + 'static)) -> Self {
        warn!(error, status = self.0.status, "a request was refused");
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The fields, for tests and for passing on.
    pub fn body(&self) -> &contracts::problem::Problem {
        &self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        self.0.request_id = self.0.request_id.or_else(|| TraceContext::current().map(TraceContext::trace_id));
        let status = self.status();
        let mut response = (status, axum::Json(&*self.0)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if crate::db::is_unavailable(&error) {
            Self::unavailable("the database is away: try again later").because(&error)
        } else {
            Self::internal(&error)
        }
    }
}

impl From<crate::outbox::AppendError> for Problem {
    fn from(error: crate::outbox::AppendError) -> Self {
        match error {
            crate::outbox::AppendError::Database(error) => error.into(),
            crate::outbox::AppendError::Serialise(error) => Self::internal(&error),
        }
    }
}

impl From<super::client::CallError> for Problem {
    fn from(error: super::client::CallError) -> Self {
        if error.is_unavailable() {
            Self::unavailable(format!("{} is away: try again later", error.service())).because(&error)
        } else {
            Self::internal(&error)
        }
    }
}
