//! LAP numbers: unique, without gaps, on the right day.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use case_service::complaints::store::{self, Entry, Key, NewComplaint, Row};
use chrono::{TimeZone, Utc};
use contracts::events::complaint::ComplaintCreated;
use contracts::{ComplaintNumber, ContactId, OfficeId};
use platform::outbox::{self, Cause};
use uuid::Uuid;

use crate::world::{World, body, number};

#[tokio::test]
async fn a_hundred_at_once_over_two_offices_are_numbered_without_gaps() {
    let world = World::new().await;
    let second = world.test.add_office("Kelurahan Kedua").await;
    let calls =
        (0..100).map(|n| {
            let office = if n % 2 == 0 { OfficeId::FIRST } else { second };
            let api = world.api.office(office);
            async move {
                (office, api.post("/internal/complaints", &body(ContactId::new())).await.expect(StatusCode::CREATED))
            }
        });
    let mut counters: BTreeMap<OfficeId, Vec<u32>> = BTreeMap::new();
    for (office, created) in futures_util::future::join_all(calls).await {
        let number: ComplaintNumber = number(&created).parse().expect("a number");
        counters.entry(office).or_default().push(number.counter());
    }
    assert_eq!(counters.len(), 2);
    for (office, mut counters) in counters {
        counters.sort_unstable();
        assert_eq!(counters, (1..=50).collect::<Vec<_>>(), "{office}");
    }
}

#[tokio::test]
async fn the_day_turns_at_midnight_in_jakarta() {
    let world = World::new().await;
    let just_before = Utc.with_ymd_and_hms(2026, 11, 20, 16, 59, 59).unwrap() + chrono::Duration::microseconds(999_999);
    world.test.clock.advance(just_before - world.test.clock.now());
    assert_eq!(number(&world.complaint(&body(ContactId::new())).await), "LAP-20261120-001");
    world.test.clock.advance(chrono::Duration::microseconds(1));
    assert_eq!(number(&world.complaint(&body(ContactId::new())).await), "LAP-20261121-001");
}

#[tokio::test]
async fn what_is_taken_over_from_elsewhere_is_numbered_on_its_own_day_and_tells_nobody() {
    let world = World::new().await;
    let mut old = body(ContactId::new());
    old["reported_at"] = "2026-11-01T16:59:59Z".into();
    let made = world.api.post("/internal/complaints", &old).await.expect(StatusCode::CREATED);
    assert_eq!(number(&made), "LAP-20261101-001");
    assert_eq!(made["created_at"], "2026-11-01T16:59:59Z");
    let told = world.test.outbox::<ComplaintCreated>().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].facts.contact_id, None);

    old["reported_at"] = "2036-11-01T16:59:59Z".into();
    let refused = world.api.post("/internal/complaints", &old).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(refused["errors"][0]["field"], "reported_at");
    old["reported_at"] = "2026-11-01T16:59:59Z".into();
    let person = world.api.actor(&world.test.actor("Rina", None, &["complaint.update"]));
    let refused = person.post("/internal/complaints", &old).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(refused["errors"][0]["field"], "reported_at");
}

#[tokio::test]
async fn the_counter_grows_past_three_digits() {
    let world = World::new().await;
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query("INSERT INTO complaint_counters (office_id, day, last) VALUES ($1, '2026-11-20', 998)")
        .bind(OfficeId::FIRST.0)
        .execute(&mut *tx)
        .await
        .expect("a counter");
    tx.commit().await.expect("a commit");
    assert_eq!(number(&world.complaint(&body(ContactId::new())).await), "LAP-20261120-999");
    assert_eq!(number(&world.complaint(&body(ContactId::new())).await), "LAP-20261120-1000");
}

/// Everything a creation writes, up to the commit; then the transaction is given up.
#[tokio::test]
async fn a_creation_that_is_rolled_back_leaves_no_gap() {
    let world = World::new().await;
    let office = OfficeId::FIRST;
    let first = world.complaint(&body(ContactId::new())).await;
    let mut tx = world.test.ctx.db.office(office).await.expect("a transaction");
    let key = Key::parse(number(&first)).expect("a key");
    let mut complaint =
        store::find(&world.app.identities, &mut tx, office, key).await.expect("an answer").expect("the complaint");
    complaint.id = Uuid::now_v7();
    let entry = Entry {
        complaint: complaint.id,
        version: 1,
        office_id: office,
        kind: "created",
        actor: "test".to_owned(),
        actor_id: None,
        from_status: None,
        to_status: None,
        reason: None,
        remark: None,
        changes: serde_json::json!({}),
        at: complaint.created_at,
    };
    let event = ComplaintCreated { facts: case_service::complaints::events::facts(&complaint) };
    let new = NewComplaint {
        identity: None,
        office,
        day: complaint.number.day(),
        row: &Row::of(office, None, &complaint),
        entry: &entry,
        media: &[],
        event: outbox::row(&world.test.ctx, office, &event, &Cause::none()).expect("a row"),
        answer: None,
    };
    let number_given_up = store::insert(&mut tx, new).await.expect("a number");
    assert_eq!(number_given_up.counter(), 2);
    tx.rollback().await.expect("a rollback");

    assert_eq!(number(&world.complaint(&body(ContactId::new())).await), "LAP-20261120-002");
}
