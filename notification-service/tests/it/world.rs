//! A notification service for one test, with a channel-service that answers as the test likes.

use chrono::NaiveDate;
use contracts::events::complaint::{ComplaintCreated, ComplaintFacts, ComplaintStatusChanged};
use contracts::events::conversation::{SendError, StatusChanged};
use contracts::events::turn::{TurnClosed, TurnOutcome};
use contracts::message::MessageStatus;
use contracts::{Category, ComplaintNumber, ComplaintStatus, ContactId, ConversationId, MessageId, TurnId};
use notification_service::{App, Config, MIGRATOR, NotificationService, delivery};
use platform::bus::{Delivery, Handler};
use serde_json::{Value, json};
use testkit::{Api, Test};
use uuid::Uuid;
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub struct World {
    pub test: Test,
    pub app: App,
    pub api: Api,
    pub channel: MockServer,
}

impl World {
    pub async fn new() -> Self {
        let channel = MockServer::start().await;
        let test = Test::without_broker("notification-service", &MIGRATOR).await;
        let app = App::new(test.ctx.clone(), &config(&channel.uri())).expect("an app");
        let api = test.api::<NotificationService>(notification_service::service(&app));
        Self { test, app, api, channel }
    }

    /// channel-service takes every message, a new one per idempotency key.
    pub async fn channel_accepts(&self) {
        Mock::given(method("POST"))
            .and(path("/internal/messages/send"))
            .and(header_exists("idempotency-key"))
            .respond_with(|request: &Request| ResponseTemplate::new(202).set_body_json(accepted(&key(request))))
            .mount(&self.channel)
            .await;
    }

    /// channel-service answers every message with this status.
    pub async fn channel_refuses(&self, status: u16, detail: &str) {
        let problem = json!({"type": "urn:govconnect:problem:x", "title": "x", "status": status, "detail": detail});
        Mock::given(path("/internal/messages/send"))
            .respond_with(ResponseTemplate::new(status).set_body_json(problem))
            .mount(&self.channel)
            .await;
    }

    /// Every message handed to channel-service: key and body.
    pub async fn handed_over(&self) -> Vec<(String, Value)> {
        let requests = self.channel.received_requests().await.unwrap_or_default();
        let sends = requests.iter().filter(|request| request.url.path() == "/internal/messages/send");
        sends.map(|request| (key(request), serde_json::from_slice(&request.body).expect("JSON"))).collect()
    }

    /// What citizens were told, in order.
    pub async fn texts(&self) -> Vec<String> {
        self.handed_over()
            .await
            .into_iter()
            .map(|(_, body)| body["text"]["body"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// Ticks a handler, which must do it.
    pub async fn hear<H: Handler>(&self, handler: H, delivery: &Delivery) {
        handler.handle(delivery).await.expect("handled");
    }

    /// Rounds of the worker until nothing is due.
    pub async fn deliver(&self) {
        loop {
            let round = delivery::round(&self.app).await.expect("a round");
            if round.claimed == round.postponed {
                return;
            }
        }
    }

    /// All notifications, the latest first.
    pub async fn notifications(&self) -> Vec<Value> {
        let page = self.api.get("/internal/notifications?limit=200").await.expect(axum::http::StatusCode::OK);
        page["data"].as_array().expect("data").clone()
    }

    /// The statuses of all notifications, the oldest first.
    pub async fn statuses(&self) -> Vec<String> {
        let all = self.notifications().await;
        all.iter().rev().map(|one| one["status"].as_str().expect("a status").to_owned()).collect()
    }
}

pub fn config(channel: &str) -> Config {
    Config { channel_service_url: channel.parse().expect("an address") }
}

fn key(request: &Request) -> String {
    let value = request.headers.get("idempotency-key").expect("a key");
    value.to_str().expect("text").to_owned()
}

/// channel-service's answer to this key: always the same message.
pub fn accepted(key: &str) -> Value {
    json!({"message_id": message_of(key), "status": "queued"})
}

/// The message that stands for this key.
pub fn message_of(key: &str) -> MessageId {
    MessageId(Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes()))
}

pub fn facts(contact: Option<ContactId>, status: Option<ComplaintStatus>) -> ComplaintFacts {
    ComplaintFacts {
        complaint_id: ComplaintNumber::new(NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"), 7),
        id: Uuid::now_v7(),
        contact_id: contact,
        kategori: status.map(|_| Category::from("jalan_rusak")),
        status,
        area: None,
        due_at: None,
        origin_turn_id: None,
        version: 1,
    }
}

pub fn created(contact: ContactId, turn: Option<TurnId>) -> ComplaintCreated {
    ComplaintCreated {
        facts: ComplaintFacts { origin_turn_id: turn, ..facts(Some(contact), Some(ComplaintStatus::Baru)) },
    }
}

pub fn moved(contact: ContactId, to: ComplaintStatus, remark: &str) -> ComplaintStatusChanged {
    ComplaintStatusChanged {
        facts: facts(Some(contact), Some(to)),
        from: None,
        remark: Some(remark.to_owned()),
        agency: None,
        duplicate_of: None,
        followers: Vec::new(),
        by_citizen: false,
    }
}

pub fn closed(turn: TurnId, outcome: TurnOutcome) -> TurnClosed {
    TurnClosed { turn_id: turn, conversation_id: ConversationId::new(), outcome }
}

pub fn report(world: &World, message: MessageId, status: MessageStatus) -> StatusChanged {
    let errors = match status {
        MessageStatus::Failed => {
            vec![SendError { code: 131_047, title: "Re-engagement message".to_owned(), details: None }]
        }
        _ => Vec::new(),
    };
    StatusChanged {
        message_id: message,
        conversation_id: ConversationId::new(),
        wamid: None,
        status,
        errors,
        at: world.test.clock.now(),
    }
}
