//! Calls between services: deadline, retry where it is safe, breaker; and a client for vendors.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contracts::OfficeId;
use contracts::office::{ACTOR_HEADER, API_KEY_HEADER, IDEMPOTENCY_HEADER, OFFICE_HEADER};
use contracts::problem::Problem;
use http::Method;
use rand::RngExt as _;
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::debug;
use url::Url;

use crate::trace::{TRACEPARENT, TraceContext};

/// One try may take this long.
const DEADLINE: Duration = Duration::from_secs(5);
/// Tries of a call that may be repeated.
const TRIES: u32 = 3;
/// The first pause between tries; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// The breaker looks at this many calls…
const WINDOW: usize = 10;
/// …opens when more than half of them failed, and stays open this long.
const OPEN_FOR: Duration = Duration::from_secs(5);

/// Why a call brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Away, too slow, 5xx, or the breaker is open: another time it may work.
    #[error("{service} is not reachable: {why}")]
    Unavailable { service: &'static str, why: String },
    /// It answered that it won't.
    #[error("{service} refused with {status}: {}", .problem.detail.as_deref().unwrap_or(&.problem.title))]
    Refused { service: &'static str, status: u16, problem: Box<Problem> },
    /// It answered something that we can't read.
    #[error("{service} answered something unreadable: {why}")]
    Unreadable { service: &'static str, why: String },
}

impl CallError {
    /// Whether another time may work.
    pub fn is_unavailable(&self) -> bool {
        // Two services that disagree about the key are in the middle of a change of it: that passes.
        matches!(self, Self::Unavailable { .. } | Self::Refused { status: 401, .. })
    }

    /// Who was called.
    pub fn service(&self) -> &'static str {
        match self {
            Self::Unavailable { service, .. } | Self::Refused { service, .. } | Self::Unreadable { service, .. } => {
                service
            }
        }
    }

    /// The status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// A client for one sibling service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Internal {
    service: &'static str,
    base: Url,
    key: SecretString,
    client: Client,
    breaker: Arc<Mutex<Breaker>>,
}

/// What a call carries besides its body.
#[derive(Debug, Clone, Default)]
pub struct Call {
    pub office: Option<OfficeId>,
    pub idempotency_key: Option<String>,
    /// A signed person.
    pub actor: Option<String>,
    pub if_match: Option<i64>,
}

impl Call {
    /// For this office.
    pub fn office(office: OfficeId) -> Self {
        Self { office: Some(office), ..Self::default() }
    }

    /// A repeated call is answered as the first one was.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// In this person's name.
    #[must_use]
    pub fn actor(mut self, token: impl Into<String>) -> Self {
        self.actor = Some(token.into());
        self
    }

    /// Only if it still has this version.
    #[must_use]
    pub fn if_match(mut self, version: i64) -> Self {
        self.if_match = Some(version);
        self
    }
}

/// A client for what is not ours: no deadline beyond `timeout`, no redirects, no key.
pub fn outside(timeout: Duration) -> Result<Client, reqwest::Error> {
    with_tls(Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()))
}

fn with_tls(builder: reqwest::ClientBuilder) -> Result<Client, reqwest::Error> {
    // The first call wins; all of them install the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.connect_timeout(Duration::from_secs(2)).build()
}

impl Internal {
    /// A client for the service at `base`.
    pub fn new(service: &'static str, base: Url, key: SecretString) -> Result<Self, reqwest::Error> {
        let client =
            with_tls(Client::builder().timeout(DEADLINE).redirect(reqwest::redirect::Policy::none()).no_proxy())?;
        Ok(Self { service, base, key, client, breaker: Arc::default() })
    }

    /// Asks. `path` begins with a slash and may hold a query.
    pub async fn get<A: DeserializeOwned>(&self, path: &str, call: &Call) -> Result<A, CallError> {
        self.json(Method::GET, path, call, None::<&()>).await
    }

    /// Asks with a query string.
    pub async fn get_query<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        query: &Q,
        call: &Call,
    ) -> Result<A, CallError> {
        let response = self.send(Method::GET, path, call, |request| request.query(query)).await?;
        self.read(response).await
    }

    /// Creates. Repeated on failure only if the call has an idempotency key.
    pub async fn post<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        call: &Call,
    ) -> Result<A, CallError> {
        self.json(Method::POST, path, call, Some(body)).await
    }

    /// Changes.
    pub async fn put<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        call: &Call,
    ) -> Result<A, CallError> {
        self.json(Method::PUT, path, call, Some(body)).await
    }

    /// Removes.
    pub async fn delete<A: DeserializeOwned>(&self, path: &str, call: &Call) -> Result<A, CallError> {
        self.json(Method::DELETE, path, call, None::<&()>).await
    }

    async fn json<B: Serialize, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        call: &Call,
        body: Option<&B>,
    ) -> Result<A, CallError> {
        let response = self
            .send(method, path, call, |request| match body {
                Some(body) => request.json(body),
                None => request,
            })
            .await?;
        self.read(response).await
    }

    async fn read<A: DeserializeOwned>(&self, response: Response) -> Result<A, CallError> {
        let bytes = response.bytes().await.map_err(|error| self.away(&error))?;
        let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(bytes)
            .map_err(|error| CallError::Unreadable { service: self.service, why: error.to_string() })
    }

    /// Sends, repeats what may be repeated, and returns an answer below 400.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        call: &Call,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, CallError> {
        let url = self
            .base
            .join(path)
            .map_err(|error| CallError::Unreadable { service: self.service, why: error.to_string() })?;
        let safe = method == Method::GET || call.idempotency_key.is_some();
        let mut pause = PAUSE;
        for attempt in 1.. {
            self.breaker().check(self.service, Instant::now())?;
            let request = with(self.headers(self.client.request(method.clone(), url.clone()), call));
            let error = match request.send().await {
                Ok(response) if response.status().is_server_error() => {
                    let error = CallError::Unavailable {
                        service: self.service,
                        why: format!("it answered {}", response.status()),
                    };
                    self.breaker().note(false, Instant::now());
                    error
                }
                Ok(response) => {
                    self.breaker().note(true, Instant::now());
                    return self.accept(response).await;
                }
                Err(error) => {
                    self.breaker().note(false, Instant::now());
                    self.away(&error)
                }
            };
            if !safe || attempt >= TRIES {
                return Err(error);
            }
            debug!(error = &error as &dyn std::error::Error, attempt, "calling again");
            // A statement of its own: the generator must not live across the await.
            let jittered = pause.mul_f64(rand::rng().random_range(0.5..1.0));
            tokio::time::sleep(jittered).await;
            pause *= 2;
        }
        Err(CallError::Unavailable { service: self.service, why: "it did not answer".to_owned() })
    }

    fn headers(&self, mut request: RequestBuilder, call: &Call) -> RequestBuilder {
        request = request.header(API_KEY_HEADER, self.key.expose_secret());
        if let Some(office) = call.office {
            request = request.header(OFFICE_HEADER, office.to_string());
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header(IDEMPOTENCY_HEADER, key);
        }
        if let Some(actor) = &call.actor {
            request = request.header(ACTOR_HEADER, actor);
        }
        if let Some(version) = call.if_match {
            request = request.header(http::header::IF_MATCH, format!("\"{version}\""));
        }
        if let Some(trace) = TraceContext::current() {
            request = request.header(TRACEPARENT, trace.to_string());
        }
        request
    }

    async fn accept(&self, response: Response) -> Result<Response, CallError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.unwrap_or_default();
        let problem = serde_json::from_slice(&body).unwrap_or_else(|_| Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("refused").to_owned(),
            status: status.as_u16(),
            detail: None,
            request_id: None,
            errors: Vec::new(),
            allowed: None,
        });
        Err(CallError::Refused { service: self.service, status: status.as_u16(), problem: Box::new(problem) })
    }

    fn away(&self, error: &reqwest::Error) -> CallError {
        let why = if error.is_timeout() { "it did not answer in time".to_owned() } else { source_text(error) };
        CallError::Unavailable { service: self.service, why }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The innermost reason, which says more than "error sending request".
fn source_text(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Stops calling a service that mostly fails, and lets one call through from time to time.
#[derive(Debug, Default)]
struct Breaker {
    recent: VecDeque<bool>,
    open_until: Option<Instant>,
}

impl Breaker {
    fn check(&mut self, service: &'static str, now: Instant) -> Result<(), CallError> {
        match self.open_until {
            Some(until) if now < until => Err(CallError::Unavailable {
                service,
                why: "it failed too often; waiting before the next try".to_owned(),
            }),
            Some(_) => {
                // One call finds out; the others wait for its answer.
                self.open_until = Some(now + OPEN_FOR);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn note(&mut self, good: bool, now: Instant) {
        if self.open_until.is_some() {
            if good {
                *self = Self::default();
            } else {
                self.open_until = Some(now + OPEN_FOR);
            }
            return;
        }
        self.recent.push_back(good);
        if self.recent.len() > WINDOW {
            self.recent.pop_front();
        }
        let failures = self.recent.iter().filter(|good| !**good).count();
        if self.recent.len() == WINDOW && failures * 2 > WINDOW {
            self.open_until = Some(now + OPEN_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_above_half_of_ten_and_lets_one_through_later() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for good in [true, true, true, true, false, false, false, false, false] {
            breaker.note(good, now);
            assert!(breaker.check("x", now).is_ok());
        }
        breaker.note(false, now);
        assert!(breaker.check("x", now).is_err(), "6 of 10 failed");
        let later = now + OPEN_FOR;
        assert!(breaker.check("x", later).is_ok(), "one finds out");
        assert!(breaker.check("x", later).is_err(), "the others wait");
        breaker.note(true, later);
        assert!(breaker.check("x", later).is_ok());
    }
}
