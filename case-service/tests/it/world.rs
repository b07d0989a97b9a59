//! A case service for one test, and the bodies that tests send.

use axum::http::StatusCode;
use case_service::{App, CaseService, Config, MIGRATOR};
use contracts::{ContactId, OfficeId};
use serde_json::{Value, json};
use testkit::{Api, Test};

/// An address where nobody answers.
const NOBODY: &str = "http://127.0.0.1:9";

pub struct World {
    pub test: Test,
    pub api: Api,
    /// To tick the workers by hand.
    pub app: App,
}

impl World {
    pub async fn new() -> Self {
        Self::with_channel(NOBODY).await
    }

    /// With channel-service at this address.
    pub async fn with_channel(url: &str) -> Self {
        let test = Test::without_broker("case-service", &MIGRATOR).await;
        let app = App::new(test.ctx.clone(), &config(url)).expect("an app");
        let api = test.api::<CaseService>(case_service::service(&app));
        Self { test, api, app }
    }

    /// Takes a complaint of the first office.
    pub async fn complaint(&self, body: &Value) -> Value {
        self.api.post("/internal/complaints", body).await.expect(StatusCode::CREATED)
    }

    /// Takes a complaint of this office.
    pub async fn complaint_of(&self, office: OfficeId, body: &Value) -> Value {
        self.api.office(office).post("/internal/complaints", body).await.expect(StatusCode::CREATED)
    }

    /// Moves a complaint and returns it.
    pub async fn moved(&self, id: &str, body: &Value) -> Value {
        self.api.put(&path(id), body).await.expect(StatusCode::OK)
    }
}

pub fn config(channel: &str) -> Config {
    Config {
        channel_service_url: channel.parse().expect("an address"),
        identity_key: "a key for identities in tests".into(),
        reopen_days: 14,
    }
}

/// A good body for a citizen.
pub fn body(contact: ContactId) -> Value {
    json!({
        "contact_id": contact, "kategori": "jalan_rusak", "alamat": "Jl. Melati No. 15", "rt": "02", "rw": "05",
        "kelurahan": "Sukamaju", "deskripsi": "jalan berlubang, sudah banyak motor jatuh",
    })
}

/// The same with more fields.
pub fn body_with(contact: ContactId, more: Value) -> Value {
    let mut body = body(contact);
    let Value::Object(more) = more else { panic!("fields are an object") };
    for (key, value) in more {
        body[key] = value;
    }
    body
}

/// The complaint's number.
pub fn number(complaint: &Value) -> &str {
    complaint["complaint_id"].as_str().expect("a number")
}

/// Where one complaint is asked for.
pub fn path(id: &str) -> String {
    format!("/internal/complaints/{id}")
}

/// The fields that a problem names.
pub fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect()
}

/// The numbers on a page.
pub fn numbers(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("data").iter().map(number).collect()
}
