//! One dashboard for one test, with a case-service that we script.

use std::path::PathBuf;

use contracts::OfficeId;
use dashboard::{Config, Dashboard, MIGRATOR, build};
use http::{Method, StatusCode, header};
use platform::bus::Consumer;
use platform::storage::StorageConfig;
use serde_json::{Value, json};
use testkit::{Answer, Api, INTERNAL_API_KEY, Test, until};
use wiremock::matchers::{header as has_header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const PASSWORD: &str = "hujan turun di sawah";

pub struct World {
    pub test: Test,
    pub cases: MockServer,
    pub ai: MockServer,
    consumers: std::sync::Mutex<Vec<Consumer>>,
    /// Where uploaded files lie.
    pub files: tempfile::TempDir,
    pub channel: MockServer,
    pub router: axum::Router,
    /// A caller without key and cookie.
    pub visitor: Api,
    /// A service of ours.
    pub service: Api,
}

impl World {
    /// A dashboard whose first person is `admin`.
    pub async fn new() -> Self {
        Self::with(Test::without_broker("dashboard", &MIGRATOR).await, PathBuf::from("/nowhere")).await
    }

    pub async fn with(test: Test, site_root: PathBuf) -> Self {
        let cases = MockServer::start().await;
        let ai = MockServer::start().await;
        let files = tempfile::tempdir().expect("a folder");
        let media_url = format!("file://{}", files.path().display()).parse().expect("an address");
        let channel = MockServer::start().await;
        let config = Config {
            ai_service_url: ai.uri().parse().expect("an address"),
            storage: StorageConfig { media_url },
            case_service_url: cases.uri().parse().expect("an address"),
            channel_service_url: channel.uri().parse().expect("an address"),
            dashboard_url: "http://127.0.0.1:3000".parse().expect("an address"),
            site_root,
            office_name: Some("Desa Sukamaju".to_owned()),
            admin_username: "admin".to_owned(),
            admin_password: Some(PASSWORD.into()),
            trust_forwarded_for: true,
        };
        let service = build(test.ctx.clone(), config).expect("a dashboard");
        let (router, consumers) = service.into_parts::<Dashboard>(&test.ctx).expect("its routes");
        let service = Api::new(router.clone());
        let visitor = service.without("x-internal-api-key");
        let world = Self { test, cases, ai, files, consumers: consumers.into(), channel, router, visitor, service };
        until("the first person is there", || async {
            let mut tx = world.test.ctx.db.all_offices("a test looks").await.ok()?;
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM admin_users").fetch_one(&mut *tx).await.ok()?;
            (count > 0).then_some(())
        })
        .await;
        world
    }

    /// Starts relay and consumers, for a world with a broker.
    pub fn start_workers(&self) {
        let consumers = std::mem::take(&mut *self.consumers.lock().expect("nobody panicked"));
        platform::service::start_workers(&self.test.ctx, consumers);
    }

    /// Sends the sign-in form from an address of its own.
    pub async fn try_sign_in(&self, username: &str, password: &str, address: &str) -> Answer {
        let body = format!("username={username}&password={}&next=%2Fcomplaints", password.replace(' ', "+"));
        self.visitor
            .with("content-type", "application/x-www-form-urlencoded")
            .with("x-forwarded-for", address)
            .call(Method::POST, "/login", body.into())
            .await
    }

    /// A browser with a session.
    pub async fn browser(&self, username: &str) -> Api {
        self.visitor.with("cookie", self.session(username).await).with("sec-fetch-site", "same-origin")
    }

    /// A session's cookie.
    pub async fn session(&self, username: &str) -> String {
        let answer = self.try_sign_in(username, PASSWORD, "10.0.0.1").await;
        assert_eq!(location(&answer), "/complaints", "{}", answer.text());
        cookie(&answer)
    }

    pub async fn add_office(&self, name: &str) -> OfficeId {
        let answer = self.service.post("/internal/offices", &json!({ "name": name })).await;
        let office = answer.expect(StatusCode::CREATED);
        office["office_id"].as_str().expect("an id").parse().expect("an id")
    }

    pub async fn add_person(&self, username: &str, role: &str, offices: &[OfficeId]) {
        let body = json!({ "username": username, "name": username, "role": role, "password": PASSWORD, "office_ids": offices });
        self.service.post("/internal/staff", &body).await.expect(StatusCode::CREATED);
    }

    /// case-service answers calls for this office only: the list, the one complaint, and counts.
    pub async fn has_complaint(&self, office: OfficeId, number: &str, text: &str) {
        let one = complaint(number, text);
        let mut detail = one.clone();
        detail["updates"] = json!([{ "version": 1, "kind": "created", "actor": "citizen", "to": "baru", "at": "2026-11-20T01:00:00Z" }]);
        detail["media"] = json!([]);
        detail["allowed"] = json!(["terverifikasi", "ditolak", "dibatalkan"]);
        let stats = json!({
            "from": "2026-01-01T00:00:00Z", "to": "2026-11-20T02:00:00Z", "total": 7, "open": 5, "late": 2,
            "by_status": [{ "key": "baru", "count": 3, "late": 1 }, { "key": "diproses", "count": 2, "late": 1 }],
            "by_kategori": [], "by_kelurahan": [], "by_day": []
        });
        for (at, body) in [
            ("/internal/complaints".to_owned(), json!({ "data": [one], "next_cursor": null })),
            (format!("/internal/complaints/{number}"), detail),
            ("/internal/complaints/stats".to_owned(), stats),
        ] {
            Mock::given(method("GET"))
                .and(path(at))
                .and(has_header("x-office-id", office.to_string().as_str()))
                .and(has_header("x-internal-api-key", INTERNAL_API_KEY))
                .respond_with(ResponseTemplate::new(200).set_body_json(body))
                .mount(&self.cases)
                .await;
        }
    }
}

pub fn complaint(number: &str, text: &str) -> Value {
    json!({
        "complaint_id": number, "id": "0192aaaa-0000-7000-8000-000000000001", "kategori": "jalan_rusak",
        "kategori_nama": "Jalan rusak", "status": "baru", "alamat": "Jl. Melati No. 15", "deskripsi": text,
        "anonim": false, "rahasia": false, "version": 3, "due_at": "2026-11-27T01:00:00Z",
        "created_at": "2026-11-20T01:00:00Z", "updated_at": "2026-11-20T01:00:00Z"
    })
}

/// Where an answer sends the browser.
pub fn location(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The session that an answer gives, as the browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).expect("a cookie");
    set.split(';').next().expect("a pair").to_owned()
}
