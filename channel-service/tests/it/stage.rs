//! A channel service whose workers are ticked by hand, and the bodies that WhatsApp sends to it.

use axum::http::StatusCode;
use bytes::Bytes;
use channel_service::{ChannelService, Config, Driver, MIGRATOR};
use chrono::Duration;
use contracts::OfficeId;
use contracts::events::turn::{MessageReceived, ReplyReady};
use contracts::intent::Intent;
use contracts::message::Reply;
use hmac::{Hmac, KeyInit, Mac};
use platform::Context;
use platform::bus::Verdict;
use platform::storage::{MediaUrl, StorageConfig};
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{Answer, Api, Test};
use url::Url;

pub const NUMBER: &str = "100000000000001";
pub const CITIZEN: &str = "6281234567890";
pub const SECRET: &str = "an app secret for tests";
/// An address where nobody answers.
pub const NOBODY: &str = "http://127.0.0.1:9";

pub struct Stage {
    pub test: Test,
    pub api: Api,
    pub driver: Driver,
}

pub fn config(graph: &Url) -> Config {
    Config {
        whatsapp_verify_token: "a verify token".into(),
        whatsapp_app_secret: SECRET.into(),
        whatsapp_app_secret_previous: None,
        whatsapp_access_token: "simulator-access-token".into(),
        whatsapp_phone_number_id: NUMBER.to_owned(),
        whatsapp_graph_url: graph.clone(),
        whatsapp_graph_version: "v25.0".to_owned(),
        whatsapp_media_hosts: vec!["lookaside.fbsbx.com".to_owned()],
        media_max_bytes: 110_000_000,
        ai_service_url: nobody(),
        identity_key: "an identity key for tests".into(),
        storage: StorageConfig { media_url: media_url() },
        send_claim_seconds: 30,
        send_unconfirmed_seconds: 120,
    }
}

impl Stage {
    /// Without a broker, and with nobody at the Graph API.
    pub async fn alone() -> Self {
        Self::with(Test::without_broker("channel-service", &MIGRATOR).await, &nobody()).await
    }

    pub async fn with(test: Test, graph: &Url) -> Self {
        let (driver, api) = Self::drive(&test, test.ctx.clone(), graph).await;
        Self { test, api, driver }
    }

    /// The service in any surroundings.
    pub async fn drive(test: &Test, ctx: Context, graph: &Url) -> (Driver, Api) {
        let (driver, service) = Driver::build(ctx, config(graph)).await.expect("a service");
        (driver, test.api::<ChannelService>(service))
    }

    /// WhatsApp posts this body, signed.
    pub async fn posts(&self, body: impl Into<Bytes>) -> Answer {
        post(&self.api, &body.into()).await
    }

    /// The queue delivers these bodies, as one batch.
    pub async fn delivers(&self, bodies: &[Bytes]) {
        for verdict in self.driver.intake(bodies).await {
            assert!(matches!(verdict, Verdict::Done), "{verdict:?}");
        }
    }

    /// A citizen writes a line now.
    pub async fn hears(&self, citizen: &str, wamid: &str, line: &str) {
        self.delivers(&[body(&[text(citizen, wamid, self.seconds(), line)])]).await;
    }

    /// WhatsApp reports a status now.
    pub async fn reports(&self, wamid: &str, status: &str, callback: Option<&str>) {
        let mut report =
            json!({"id": wamid, "status": status, "timestamp": self.seconds().to_string(), "recipient_id": CITIZEN});
        if let Some(callback) = callback {
            report["biz_opaque_callback_data"] = callback.into();
        }
        if status == "failed" {
            report["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
        }
        self.delivers(&[value(NUMBER, &json!({"statuses": [report]}))]).await;
    }

    pub fn seconds(&self) -> i64 {
        self.test.clock.now().timestamp()
    }

    /// Lets the burst end and the scheduler look.
    pub async fn quiet(&self) {
        self.test.clock.advance(Duration::milliseconds(1_600));
        self.look().await;
    }

    /// One look of the scheduler.
    pub async fn look(&self) {
        self.driver.turns(&mut false).await.expect("a look");
    }

    /// Sends until there is nothing left to send now.
    pub async fn send(&self) {
        for _ in 0..4 {
            self.driver.send().await.expect("a round");
        }
    }

    /// The turns that the assistant was given, oldest first.
    pub async fn turns(&self) -> Vec<MessageReceived> {
        self.test.outbox::<MessageReceived>().await
    }

    /// The assistant answers a turn.
    pub async fn answers(&self, turn: &MessageReceived, line: &str) {
        self.driver.reply(&self.test.delivery(&reply(turn, line))).await.expect("an answer");
    }

    /// WhatsApp's clock and ours go on.
    pub async fn pass(&self, phones: &crate::graph::Phones, by: Duration) {
        self.test.clock.advance(by);
        phones.clock.advance(by.to_std().expect("forward"));
        self.send().await;
    }

    /// The office sets something for itself.
    pub async fn settings(&self, change: impl FnOnce(&mut contracts::office::OfficeSettings)) {
        let mut office = contracts::office::Office {
            office_id: OfficeId::FIRST,
            name: "Kantor".to_owned(),
            version: self.seconds(),
            settings: contracts::office::OfficeSettings::default(),
        };
        change(&mut office.settings);
        let mut tx = self.test.ctx.db.office(OfficeId::FIRST).await.expect("a database");
        platform::offices::keep(&mut tx, &office).await.expect("kept");
        tx.commit().await.expect("committed");
        self.test.ctx.offices.forget();
    }

    /// The calls of this person.
    pub fn person(&self, name: &str, permissions: &[&str]) -> Api {
        self.api.actor(&self.test.actor(name, None, permissions))
    }

    /// The first number as the office sees it.
    pub async fn number(&self) -> Value {
        listed(&self.api, "/internal/numbers").await.remove(0)
    }

    /// A citizen has written and is answered; the answer is queued.
    pub async fn answered(&self, citizen: &str, wamid: &str, line: &str) -> MessageReceived {
        self.hears(citizen, wamid, "halo").await;
        self.quiet().await;
        let turn = self.turns().await.pop().expect("a turn");
        self.answers(&turn, line).await;
        turn
    }

    /// The office's messages with this citizen, oldest first.
    pub async fn messages(&self, citizen: &str) -> Vec<Value> {
        listed(&self.api, &format!("/internal/messages?wa_user_id={citizen}&limit=200"))
            .await
            .into_iter()
            .rev()
            .collect()
    }

    /// What went out to this citizen: text and status.
    pub async fn out(&self, citizen: &str) -> Vec<(String, String)> {
        let sent = self.messages(citizen).await.into_iter().filter(|message| message["direction"] == "outbound");
        sent.map(|message| (word(&message, "text"), word(&message, "status"))).collect()
    }

    /// The only conversation.
    pub async fn conversation(&self) -> Value {
        let mut all = listed(&self.api, "/internal/conversations").await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Sends a text to a citizen in the service's own name; its id.
    pub async fn sends(&self, citizen: &str, line: &str) -> String {
        let message = json!({"wa_user_id": citizen, "type": "text", "text": {"body": line}});
        let accepted = self.api.post("/internal/messages/send", &message).await.expect(StatusCode::ACCEPTED);
        word(&accepted, "message_id")
    }

    /// What is kept aside, over all offices: kind and item.
    pub async fn aside(&self) -> Vec<(String, String)> {
        let mut tx = self.test.ctx.db.all_offices("a test looks").await.expect("a database");
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT kind, item FROM quarantine ORDER BY created_at, id")
            .fetch_all(&mut *tx)
            .await
            .expect("rows");
        rows.into_iter().map(|(kind, item)| (kind, String::from_utf8_lossy(&item).into_owned())).collect()
    }

    /// One number out of the database.
    pub async fn count(&self, query: &'static str) -> i64 {
        let mut tx = self.test.ctx.db.all_offices("a test counts").await.expect("a database");
        sqlx::query_scalar(query).fetch_one(&mut *tx).await.expect("a number")
    }

    /// A second office with a number of its own.
    pub async fn second_office(&self, number: &str) -> OfficeId {
        let office = self.test.add_office("Kelurahan Sukajaya").await;
        let made = self.api.office(office).post("/internal/numbers", &json!({"phone_number_id": number})).await;
        made.expect(StatusCode::CREATED);
        office
    }
}

/// A folder that all tests share: keys are random.
fn media_url() -> MediaUrl {
    let folder = std::env::temp_dir().join("govconnect-channel-tests");
    Url::from_directory_path(folder).expect("a path").as_str().parse().expect("an address")
}

pub fn nobody() -> Url {
    NOBODY.parse().expect("an address")
}

pub async fn listed(api: &Api, path: &str) -> Vec<Value> {
    api.get(path).await.expect(StatusCode::OK)["data"].as_array().cloned().expect("a list")
}

pub async fn post(api: &Api, body: &Bytes) -> Answer {
    api.with("x-hub-signature-256", sign(body))
        .call(axum::http::Method::POST, "/webhook/whatsapp", body.clone().into())
        .await
}

pub fn word(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

pub fn sign(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
}

pub fn reply(turn: &MessageReceived, line: &str) -> ReplyReady {
    ReplyReady {
        turn_id: turn.turn_id,
        conversation_id: turn.conversation_id,
        epoch: turn.epoch,
        reply: Reply::text(line),
        intent: Intent::Greeting,
        complaint_id: None,
    }
}

/// A text message as WhatsApp writes it.
pub fn text(from: &str, wamid: &str, at: i64, line: &str) -> Value {
    json!({"from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": line}})
}

/// A webhook body with these messages to the first number.
pub fn body(messages: &[Value]) -> Bytes {
    value(NUMBER, &json!({"messages": messages}))
}

/// A webhook body with this value for a number.
pub fn value(number: &str, value: &Value) -> Bytes {
    let mut value = value.clone();
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"display_phone_number": "622150001234", "phone_number_id": number});
    let change = json!({"field": "messages", "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "2000", "changes": [change]}]}).to_string().into()
}
