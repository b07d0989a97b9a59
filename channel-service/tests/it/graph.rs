//! Who plays the Graph API: the simulator with its phones, or a stub that does what a test wants.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use channel_service::MIGRATOR;
use serde_json::{Value, json};
use testkit::{Api, Test, until};
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use crate::stage::{NUMBER, SECRET, Stage, word};

/// Serves a router on a free port until the test ends.
pub async fn serve(test: &Test, router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
    let stop = test.ctx.tasks.shutdown().clone();
    test.ctx.tasks.spawn_work(async move {
        axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await.expect("serving");
    });
    url
}

/// The citizens' phones, as the simulator shows them.
pub struct Phones {
    pub url: Url,
    pub sim: Api,
    /// WhatsApp's own clock; it goes only when it is moved.
    pub clock: simulator::Clock,
}

impl Phones {
    /// Without the limits that stand in the way of most tests.
    pub async fn new(test: &Test) -> Self {
        let config = simulator::Config {
            app_secret: SECRET.into(),
            phone_number_id: NUMBER.to_owned(),
            retries: vec![Duration::from_millis(20)],
            ..simulator::Config::default()
        };
        let clock = simulator::Clock::manual(test.clock.now().timestamp_millis());
        let router = simulator::build_with(config, clock.clone()).expect("a simulator").router();
        let phones = Self { url: serve(test, router.clone()).await, sim: Api::new(router), clock };
        let free = json!({"pair_limit": false, "throughput_per_second": 0, "window_hours": 0, "auto_status": {"sent_ms": 1, "delivered_ms": 2}});
        phones.sim.put("/sim/settings", &free).await.expect(StatusCode::OK);
        phones
    }

    pub async fn faults(&self, faults: Value) {
        self.sim.put("/sim/faults", &faults).await.expect(StatusCode::OK);
    }

    /// What the office sent, as the phone shows it, oldest first.
    pub async fn shows(&self, citizen: &str) -> Vec<Value> {
        let shown = self.sim.get(&format!("/sim/citizens/{citizen}/messages")).await.json()["data"].as_array().cloned();
        shown.unwrap_or_default().into_iter().filter(|message| message["direction"] == "outbound").collect()
    }

    pub async fn texts(&self, citizen: &str) -> Vec<String> {
        self.shows(citizen).await.iter().map(|message| word(message, "text")).collect()
    }

    /// A citizen writes.
    pub async fn says(&self, citizen: &str, message: &Value) -> String {
        word(
            &self.sim.post(&format!("/sim/citizens/{citizen}/messages"), message).await.expect(StatusCode::OK),
            "wamid",
        )
    }
}

impl Stage {
    /// With the simulator at the Graph API.
    pub async fn with_phones() -> (Self, Phones) {
        let test = Test::without_broker("channel-service", &MIGRATOR).await;
        let phones = Phones::new(&test).await;
        (Self::with(test, &phones.url).await, phones)
    }

    /// With a stub at the Graph API.
    pub async fn with_stub() -> (Self, Stub) {
        let test = Test::without_broker("channel-service", &MIGRATOR).await;
        let stub = Stub::default();
        let url = serve(&test, stub.router()).await;
        (Self::with(test, &url).await, Stub { url: Some(url), ..stub })
    }
}

/// A Graph API that notes every send, holds its answer back while it is closed, and answers what it was told to.
#[derive(Clone)]
pub struct Stub {
    pub log: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<Value>>>,
    /// Where it listens.
    pub url: Option<Url>,
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    open: watch::Sender<bool>,
    calls: Arc<AtomicU32>,
}

impl Default for Stub {
    fn default() -> Self {
        Self {
            log: Arc::default(),
            requests: Arc::default(),
            url: None,
            answers: Arc::default(),
            open: watch::Sender::new(true),
            calls: Arc::default(),
        }
    }
}

impl Stub {
    pub fn router(&self) -> Router {
        Router::new().route("/{version}/{number}/messages", post(take)).with_state(self.clone())
    }

    pub fn note(&self, line: impl Into<String>) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    /// The texts that were to be sent, and what tests noted, in order.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything that was asked of it, in order: messages, read receipts.
    pub fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on calls wait for their answer.
    pub fn close(&self) {
        self.open.send_replace(false);
    }

    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// What it answers next, before it accepts again.
    pub fn next(&self, status: u16, answer: Value) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back((status, answer));
    }

    /// From here on it accepts again.
    pub fn forget_answers(&self) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits until this many calls have come.
    pub async fn called(&self, times: usize) {
        until("the Graph API is called", async || (self.log().len() >= times).then_some(())).await;
    }
}

async fn take(State(stub): State<Stub>, axum::Json(request): axum::Json<Value>) -> Response {
    stub.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    if request.get("status").is_some() {
        return axum::Json(json!({"success": true})).into_response();
    }
    let kind = word(&request, "type");
    stub.note(request["text"]["body"].as_str().unwrap_or(&kind));
    let number = stub.calls.fetch_add(1, Ordering::Relaxed) + 1;
    // The sender of the watch lives in the stub itself.
    drop(stub.open.subscribe().wait_for(|open| *open).await);
    let told = stub.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let (status, answer) = told.unwrap_or_else(|| (200, json!({"messages": [{"id": format!("wamid.stub.{number}")}]})));
    (StatusCode::from_u16(status).expect("a status"), axum::Json(answer)).into_response()
}
