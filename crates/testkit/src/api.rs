//! Calling a router in process, as an internal service would.

use axum::Router;
use axum::body::Body;
use contracts::OfficeId;
use contracts::office::{ACTOR_HEADER, API_KEY_HEADER, IDEMPOTENCY_HEADER, OFFICE_HEADER};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::INTERNAL_API_KEY;

/// A router, and the headers that go with each call.
#[derive(Debug, Clone)]
pub struct Api {
    router: Router,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON, after checking the status.
    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }
}

impl Api {
    /// Calls with the internal key.
    pub fn new(router: Router) -> Self {
        Self { router, headers: vec![(API_KEY_HEADER.to_owned(), INTERNAL_API_KEY.to_owned())] }
    }

    /// The router behind the calls, to serve it on a port.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The same calls with one more header; replaces one of that name.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut this = self.without(name);
        this.headers.push((name.to_owned(), value.into()));
        this
    }

    /// The same calls without a header.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut this = self.clone();
        this.headers.retain(|(key, _)| key != name);
        this
    }

    /// For this office.
    #[must_use]
    pub fn office(&self, office: OfficeId) -> Self {
        self.with(OFFICE_HEADER, office.to_string())
    }

    /// With this idempotency key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(IDEMPOTENCY_HEADER, key)
    }

    /// In the name of the person with this token.
    #[must_use]
    pub fn actor(&self, token: &str) -> Self {
        self.with(ACTOR_HEADER, token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.with("content-type", "application/json").call(Method::POST, path, Body::from(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.with("content-type", "application/json").call(Method::PUT, path, Body::from(body.to_string())).await
    }

    /// Any call.
    pub async fn call(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).unwrap_or_else(|error| panic!("no request: {error}"));
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map(|all| all.to_bytes().to_vec()).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}
