//! `/channel` and `/settings`: who sees and presses what.

use contracts::OfficeId;
use contracts::events::office::OfficeUpdated;
use contracts::office::OfficeSettings;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Api};
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::world::{World, location};

const LETTER: &str = "0192aaaa-0000-7000-8000-00000000d001";

async fn says(world: &World, at: &str, data: Value) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": data, "next_cursor": null })))
        .mount(&world.channel)
        .await;
}

async fn a_channel_with_troubles(world: &World) {
    says(world, "/internal/conversations", json!([])).await;
    says(
        world,
        "/internal/numbers",
        json!([{ "phone_number_id": "99", "display_phone_number": "+62 811-000", "active": true, "version": 2, "has_own_token": true,
            "rate_per_second": 80, "problem": "token ditolak", "problem_since": "2026-11-20T01:00:00Z" }]),
    )
    .await;
    says(
        world,
        "/internal/unknown",
        json!([{ "kind": "message.hologram", "sort": "unknown", "count": 7, "latest_at": "2026-11-20T01:00:00Z",
            "latest": [{ "id": LETTER, "reason": "jenis baru", "item": "{\"type\":\"<hologram>\"}", "created_at": "2026-11-20T01:00:00Z" }] }]),
    )
    .await;
    says(
        world,
        "/internal/dead-letters",
        json!([{ "id": LETTER, "queue": "channel-service.ai.reply.ready", "routing_key": "ai.reply.ready", "event_id": null, "reason": "rusak",
            "history": [], "state": "dead", "died_at": "2026-11-20T01:00:00Z", "settled_by": null }]),
    )
    .await;
    says(
        world,
        "/internal/blocks",
        json!([{ "id": LETTER, "contact_id": LETTER, "name": "Tono", "reason": "kasar", "by_name": "Siti", "created_at": "2026-11-20T01:00:00Z" }]),
    )
    .await;
}

async fn press(browser: &Api, at: &str, body: &str) -> Answer {
    browser
        .with("content-type", "application/x-www-form-urlencoded")
        .with("accept", "text/html")
        .call(Method::POST, at, body.to_owned().into())
        .await
}

#[tokio::test]
async fn who_runs_the_office_sees_what_arrived_and_others_only_the_numbers() {
    let world = World::new().await;
    a_channel_with_troubles(&world).await;
    world.add_person("pemantau", "viewer", &[OfficeId::FIRST]).await;
    let html = world.browser("admin").await.get("/channel").await.text();
    for part in [
        "token ditolak",
        "number-resume",
        "message.hologram",
        "&lt;hologram&gt;",
        "letter-redrive",
        "Tono",
        "block-lift",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let html = world.browser("pemantau").await.get("/channel").await.text();
    assert!(html.contains("token ditolak"), "everybody knows why nothing is sent");
    for part in ["number-resume", "hologram", "letter-redrive", "Tono"] {
        assert!(!html.contains(part), "{part} in {html}");
    }
}

#[tokio::test]
async fn buttons_reach_channel_service_in_the_persons_name_and_are_logged() {
    let world = World::new().await;
    a_channel_with_troubles(&world).await;
    for (verb, at) in [
        ("POST", "/internal/numbers/99/resume".to_owned()),
        ("POST", format!("/internal/dead-letters/{LETTER}/redrive")),
        ("POST", format!("/internal/dead-letters/{LETTER}/drop")),
        ("DELETE", format!("/internal/blocks/{LETTER}")),
    ] {
        Mock::given(method(verb))
            .and(path(at))
            .and(header_exists("x-actor"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
            .expect(1)
            .mount(&world.channel)
            .await;
    }
    world.add_person("petugas", "agent", &[OfficeId::FIRST]).await;
    let (admin, agent) = (world.browser("admin").await, world.browser("petugas").await);
    for (at, word) in [
        ("/channel/numbers/99/resume".to_owned(), "lanjut"),
        (format!("/channel/letters/{LETTER}/redrive"), "ulang"),
        (format!("/channel/letters/{LETTER}/drop"), "buang"),
        (format!("/channel/blocks/{LETTER}/lift"), "lepas"),
    ] {
        assert_eq!(location(&press(&agent, &at, "").await), "/channel?galat=wewenang", "{at}");
        assert_eq!(location(&press(&admin, &at, "").await), format!("/channel?pesan={word}"), "{at}");
        assert_eq!(
            location(&press(&world.visitor.with("sec-fetch-site", "same-origin"), &at, "").await),
            "/login",
            "{at}"
        );
    }
    let mut tx = world.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
    let logged: Vec<String> = sqlx::query_scalar(
        "SELECT action FROM activity_logs WHERE action IN ('number.resumed', 'dead_letter.redriven', 'dead_letter.dropped', 'citizen.unblocked') ORDER BY action",
    )
    .fetch_all(&mut *tx)
    .await
    .expect("rows");
    assert_eq!(logged, ["citizen.unblocked", "dead_letter.dropped", "dead_letter.redriven", "number.resumed"]);
    assert_eq!(location(&press(&admin, "/channel/numbers/..%2Fx/resume", "").await), "/channel?galat=hilang");
}

/// The settings' form, filled in as it is drawn at first.
fn form(version: i64, more: &str) -> String {
    let usual = OfficeSettings::default();
    let amounts = dashboard::settings::form::AMOUNTS.map(|amount| format!("{}={}", amount.name, (amount.get)(&usual)));
    format!("version={version}&name=Desa+Sukamaju&emergency_numbers=112&{}&{more}", amounts.join("&"))
}

#[tokio::test]
async fn settings_are_saved_once_with_their_version_and_told() {
    let world = World::new().await;
    says(&world, "/internal/conversations", json!([])).await;
    let browser = world.browser("admin").await;
    let html = browser.get("/settings").await.text();
    assert!(html.contains(r#"value="08:00""#) && html.contains(r#"name="version" value="1""#), "{html}");

    let body = form(1, "greeting=Halo&from-1-0=09:00&to-1-0=15:00&closed_days=2026-12-25");
    assert_eq!(location(&press(&browser, "/settings", &body).await), "/settings?pesan=tersimpan");
    let told = world.test.outbox::<OfficeUpdated>().await;
    let office = &told.last().expect("told").office;
    assert_eq!(office.version, 2);
    assert_eq!((office.settings.hours.len(), office.settings.closed_days.len()), (1, 1));
    assert_eq!(office.settings.greeting.as_deref(), Some("Halo"));

    // Whoever saw the first version comes too late, and loses nothing that they wrote.
    let late = press(&browser, "/settings", &form(1, "greeting=Sugeng+rawuh")).await;
    assert_eq!(late.status, StatusCode::OK);
    assert!(late.text().contains("sudah diubah orang lain") && late.text().contains("Sugeng rawuh"), "{}", late.text());
    let wrong = press(&browser, "/settings", &form(2, "quiet_from=21:00&greeting=Halo+lagi")).await;
    assert!(wrong.text().contains("Jam tenang: isi") && wrong.text().contains("Halo lagi"), "{}", wrong.text());
    assert_eq!(world.test.outbox::<OfficeUpdated>().await.len(), told.len(), "nothing more was said");
}

#[tokio::test]
async fn only_who_runs_the_office_sets_it() {
    let world = World::new().await;
    says(&world, "/internal/conversations", json!([])).await;
    world.add_person("petugas", "agent", &[OfficeId::FIRST]).await;
    let browser = world.browser("petugas").await;
    assert_eq!(browser.get("/settings").await.status, StatusCode::FORBIDDEN);
    press(&browser, "/settings", &form(1, "greeting=Halo")).await;
    assert_eq!(world.test.outbox::<OfficeUpdated>().await.len(), 1, "only the first name");
}
