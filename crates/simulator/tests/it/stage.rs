//! A simulator on a free port, an office that takes its webhooks, and a clock to move by hand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use simulator::{Clock, Config, Simulator};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

pub const NUMBER: &str = "100000000000001";
pub const CITIZEN: &str = "6281234567890";
pub const SECRET: &str = "simulator-app-secret";
const TOKEN: &str = "simulator-access-token";
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Hook {
    pub signature: Option<String>,
    pub bytes: Bytes,
}

impl Hook {
    pub fn value(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap_or(Value::Null);
        body["entry"][0]["changes"][0]["value"].clone()
    }
}

#[derive(Clone)]
struct Office {
    told: mpsc::UnboundedSender<Hook>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn take(State(office): State<Office>, headers: HeaderMap, bytes: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).map(str::to_owned);
    office.told.send(Hook { signature, bytes }).unwrap();
    let answer = office.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

pub struct Stage {
    pub url: String,
    pub client: reqwest::Client,
    pub clock: Clock,
    pub simulator: Simulator,
    hooks: mpsc::UnboundedReceiver<Hook>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    tasks: TaskTracker,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(Config { retries: vec![Duration::from_millis(1)], ..Config::default() }).await
    }

    pub async fn with(mut config: Config) -> Self {
        let tasks = TaskTracker::new();
        let (told, hooks) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let office = Office { told, answers: Arc::clone(&answers) };
        let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.webhook_url = Some(format!("http://{}/hook", receiver.local_addr().unwrap()).parse().unwrap());
        let app = Router::new().route("/hook", post(take)).with_state(office);
        tasks.spawn(async move { axum::serve(receiver, app).await });

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let clock = Clock::manual(1_760_000_000_000);
        let simulator = simulator::build_with(config, clock.clone()).unwrap();
        let router = simulator.router();
        tasks.spawn(async move { axum::serve(listener, router).await });
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let stage = Self { url, client, clock, simulator, hooks, answers, tasks };
        stage.put("/sim/settings", json!({"auto_status": {"sent_ms": 1, "delivered_ms": 2, "read_ms": 1}})).await;
        stage
    }

    /// What the office answers next, before it goes back to 200.
    pub fn office_answers(&self, codes: &[u16]) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(codes);
    }

    pub async fn hook(&mut self) -> Hook {
        timeout(PATIENCE, self.hooks.recv()).await.expect("a webhook in time").expect("the office is up")
    }

    /// The next webhook that reports this status of this message.
    pub async fn status(&mut self, wamid: &str, status: &str) -> Value {
        loop {
            let value = self.hook().await.value();
            if value["statuses"][0]["id"] == wamid && value["statuses"][0]["status"] == status {
                return value;
            }
        }
    }

    pub async fn call(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(self.client.put(format!("{}{path}", self.url)).json(&body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(self.client.post(format!("{}{path}", self.url)).json(&body)).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call(self.client.get(format!("{}{path}", self.url))).await.1
    }

    /// A citizen writes; the wamid.
    pub async fn say(&self, citizen: &str, message: Value) -> String {
        let (status, body) = self.post(&format!("/sim/citizens/{citizen}/messages"), message).await;
        assert_eq!(status, 200, "{body}");
        body["wamid"].as_str().unwrap().to_owned()
    }

    pub async fn hello(&self) -> String {
        self.say(CITIZEN, json!({"type": "text", "text": {"body": "halo"}})).await
    }

    /// A Graph call as the office makes it.
    pub fn graph(&self, body: &Value) -> reqwest::RequestBuilder {
        self.client.post(format!("{}/v25.0/{NUMBER}/messages", self.url)).bearer_auth(TOKEN).json(body)
    }

    /// Sends to the citizen; HTTP status and body.
    pub async fn send(&self, content: Value) -> (u16, Value) {
        let mut body = json!({"messaging_product": "whatsapp", "to": format!("+{CITIZEN}")});
        for (key, value) in content.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.call(self.graph(&body)).await
    }

    pub async fn send_text(&self, text: &str) -> (u16, Value) {
        self.send(json!({"type": "text", "text": {"body": text}})).await
    }

    pub async fn conversation(&self, citizen: &str) -> Vec<Value> {
        self.get(&format!("/sim/citizens/{citizen}/messages")).await["data"].as_array().cloned().unwrap_or_default()
    }
}

/// A request with the token that the Graph API wants.
pub fn authorized(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.bearer_auth(TOKEN)
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.simulator.stop_token().cancel();
        self.tasks.close();
    }
}

pub fn wamid(answer: &Value) -> String {
    answer["messages"][0]["id"].as_str().unwrap_or_else(|| panic!("no wamid in {answer}")).to_owned()
}
