//! The clock: warnings before, breaches after, each told once; calendars that move the end.

use axum::http::StatusCode;
use case_service::clock;
use chrono::{DateTime, Duration, Utc};
use contracts::events::complaint::{ComplaintSlaAtRisk, ComplaintUpdated};
use contracts::events::office::OfficeUpdated;
use contracts::office::{Office, OfficeSettings};
use contracts::{ContactId, OfficeId};
use platform::bus::Handler;
use serde_json::{Value, json};

use crate::world::{World, body_with, number, path};

fn due(complaint: &Value) -> DateTime<Utc> {
    complaint["due_at"].as_str().and_then(|at| at.parse().ok()).expect("a time")
}

/// One look of the clock at this moment.
async fn tick(world: &World) {
    clock::tick(&world.app).await.expect("a tick");
}

async fn told(world: &World) -> Vec<(bool, Option<String>)> {
    let events = world.test.outbox::<ComplaintSlaAtRisk>().await;
    events.into_iter().map(|event| (event.breached, event.escalated_to)).collect()
}

#[tokio::test]
async fn risk_and_breach_are_told_once_each_and_the_breach_goes_to_the_named_role() {
    let world = World::new().await;
    let complaint = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    tick(&world).await;
    assert_eq!(told(&world).await, []);
    world.test.clock.advance((due(&complaint) - world.test.clock.now()) * 4 / 5 + Duration::minutes(1));
    tick(&world).await;
    tick(&world).await;
    assert_eq!(told(&world).await, [(false, None)]);
    world.test.clock.advance(due(&complaint) - world.test.clock.now());
    tick(&world).await;
    tick(&world).await;
    assert_eq!(told(&world).await, [(false, None), (true, Some("admin".to_owned()))]);
    let detail = world.api.get(&path(number(&complaint))).await.expect(StatusCode::OK);
    let kinds: Vec<_> = detail["updates"].as_array().expect("updates").iter().map(|update| &update["kind"]).collect();
    assert_eq!(kinds, ["created", "clock", "clock"]);
    assert_eq!(detail["escalated_to"], "admin");
}

#[tokio::test]
async fn after_days_without_a_worker_only_the_breach_is_told() {
    let world = World::new().await;
    let complaint = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    world.test.clock.advance(due(&complaint) - world.test.clock.now() + Duration::days(3));
    tick(&world).await;
    assert_eq!(told(&world).await, [(true, Some("admin".to_owned()))]);
}

#[tokio::test]
async fn a_complaint_that_waits_for_its_citizen_or_is_closed_is_never_late() {
    let world = World::new().await;
    let waits = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    let closed = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    world.moved(number(&waits), &json!({"status": "menunggu_warga", "question": "Di mana?"})).await;
    world.moved(number(&closed), &json!({"status": "ditolak", "reason": "bukan wewenang"})).await;
    world.test.clock.advance(due(&waits) - world.test.clock.now() + Duration::days(1));
    tick(&world).await;
    assert_eq!(told(&world).await, []);
    // Back at work, the clock has the pause on top.
    let back = world.moved(number(&waits), &json!({"status": "baru"})).await;
    assert!(due(&back) > world.test.clock.now());
    tick(&world).await;
    assert_eq!(told(&world).await, []);
}

#[tokio::test]
async fn a_day_that_the_office_closes_moves_what_is_open_and_nothing_else() {
    let world = World::new().await;
    let open = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    let closed = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    world.moved(number(&closed), &json!({"status": "ditolak", "reason": "bukan wewenang"})).await;
    let day = (world.test.clock.now() + Duration::days(7)).date_naive();
    let day = case_service::calendar::Calendar::default().working_day_from(day);
    let set = json!({"name": "Pelantikan wali kota", "closed": true});
    world.api.put(&format!("/internal/calendar/{day}"), &set).await.expect(StatusCode::OK);
    tick(&world).await;
    let moved = world.api.get(&path(number(&open))).await.expect(StatusCode::OK);
    assert!(due(&moved) > due(&open));
    let same = world.api.get(&path(number(&closed))).await.expect(StatusCode::OK);
    assert_eq!(due(&same), due(&closed));
    assert_eq!(world.test.outbox::<ComplaintUpdated>().await.len(), 1);

    world.api.delete(&format!("/internal/calendar/{day}")).await.expect(StatusCode::NO_CONTENT);
    tick(&world).await;
    let back = world.api.get(&path(number(&open))).await.expect(StatusCode::OK);
    assert_eq!(due(&back), due(&open));
}

#[tokio::test]
async fn an_offices_new_week_counts_its_complaints_again() {
    let world = World::new().await;
    let complaint = world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    let mut settings = OfficeSettings::default();
    settings.hours.retain(|hours| hours.weekday != 5);
    let office = Office { office_id: OfficeId::FIRST, name: "Kelurahan".to_owned(), version: 9, settings };
    let delivery = world.test.delivery(&OfficeUpdated { office });
    case_service::calendar::office::Offices(world.app.clone()).handle(&delivery).await.expect("kept");
    tick(&world).await;
    let moved = world.api.get(&path(number(&complaint))).await.expect(StatusCode::OK);
    assert!(due(&moved) > due(&complaint), "without Fridays it takes longer");
}

#[tokio::test]
async fn the_calendar_shows_the_nations_days_and_the_offices_word_over_them() {
    let world = World::new().await;
    let work = json!({"name": "Tetap melayani", "closed": false});
    world.api.put("/internal/calendar/2026-12-24", &work).await.expect(StatusCode::OK);
    let year = world.api.get("/internal/calendar?year=2026").await.expect(StatusCode::OK);
    let days = year["data"].as_array().expect("days");
    let of = |day: &str| days.iter().find(|entry| entry["day"] == day).expect("the day");
    assert_eq!(of("2026-08-17")["kind"], "libur_nasional");
    assert_eq!(of("2026-05-15")["kind"], "cuti_bersama");
    assert_eq!((&of("2026-12-24")["kind"], &of("2026-12-24")["closed"]), (&json!("kantor"), &json!(false)));
    let bad = json!({"name": " ", "closed": true});
    world.api.put("/internal/calendar/2026-12-24", &bad).await.expect(StatusCode::BAD_REQUEST);
    world.api.put("/internal/calendar/24-12-2026", &work).await.expect(StatusCode::BAD_REQUEST);
    world.api.delete("/internal/calendar/2026-12-23").await.expect(StatusCode::NOT_FOUND);
    let agent = world.api.actor(&world.test.actor("agen", Some(OfficeId::FIRST), &["complaint.update"]));
    agent.put("/internal/calendar/2026-12-23", &work).await.expect(StatusCode::FORBIDDEN);
}
