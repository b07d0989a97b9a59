//! Handing over to channel-service: through outages, in order, never twice.

use axum::http::StatusCode;
use contracts::events::notification::NotificationFailed;
use contracts::{ComplaintStatus, ContactId};
use notification_service::complaints::Complaints;
use notification_service::delivery;
use serde_json::json;

use crate::world::{World, moved};

#[tokio::test]
async fn while_the_channel_is_away_nothing_is_lost_and_afterwards_it_is_said_once() {
    let world = World::new().await;
    world.channel_refuses(503, "away").await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Diproses, ""));
    world.hear(Complaints(world.app.clone()), &event).await;
    // One hand-over is several calls; the breaker may spare the later ones.
    for _ in 0..2 {
        let round = delivery::round(&world.app).await.expect("a round");
        assert_eq!((round.claimed, round.postponed), (1, 1));
        world.test.clock.advance(chrono::Duration::seconds(30));
    }
    let waiting = world.notifications().await.remove(0);
    assert_eq!(waiting["status"], "pending");
    assert!(waiting["reason"].as_str().is_some_and(|why| why.contains("channel-service")), "{waiting}");

    world.channel.reset().await;
    world.channel_accepts().await;
    testkit::until("the breaker lets a call through", || async {
        world.test.clock.advance(chrono::Duration::seconds(30));
        world.deliver().await;
        (world.statuses().await == ["accepted"]).then_some(())
    })
    .await;
    assert_eq!(world.texts().await.len(), 1);
    let detail =
        world.api.get(&format!("/internal/notifications/{}", waiting["id"].as_str().expect("an id"))).await.json();
    let attempts = detail["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "what failed alike shares a row: {attempts:?}");
    assert_eq!(attempts[0]["outcome"], "unavailable");
    assert!(attempts[0]["times"].as_i64() >= Some(2));
    assert_eq!(attempts[1]["outcome"], "accepted");
}

#[tokio::test]
async fn what_the_channel_refuses_fails_with_its_words_and_can_be_sent_again() {
    let world = World::new().await;
    world.channel_refuses(409, "the citizen has not written for 24 hours").await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Selesai, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    world.deliver().await;
    let failed = world.notifications().await.remove(0);
    assert_eq!(failed["status"], "failed");
    assert!(failed["reason"].as_str().is_some_and(|why| why.contains("24 hours")), "{failed}");
    assert_eq!(world.test.outbox::<NotificationFailed>().await.len(), 1);
    let id = failed["id"].as_str().expect("an id").to_owned();

    world.channel.reset().await;
    world.channel_accepts().await;
    let again = json!({"status": "pending"});
    world.api.put(&format!("/internal/notifications/{id}/status"), &again).await.expect(StatusCode::OK);
    world.deliver().await;
    assert_eq!(world.statuses().await, ["accepted"]);
    assert_eq!(world.handed_over().await[0].0, format!("{id}:2"), "another round is another message");
}

#[tokio::test]
async fn a_wrong_key_makes_deliveries_wait_and_loses_none() {
    let world = World::new().await;
    world.channel_refuses(401, "send the internal key").await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Selesai, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    world.deliver().await;
    let waiting = world.notifications().await.remove(0);
    assert_eq!(waiting["status"], "pending");
    assert!(waiting["reason"].as_str().is_some_and(|why| why.contains("401")), "{waiting}");
}

#[tokio::test]
async fn a_citizen_hears_things_in_order() {
    let world = World::new().await;
    world.channel_accepts().await;
    let contact = ContactId::new();
    for status in [ComplaintStatus::Terverifikasi, ComplaintStatus::Diproses, ComplaintStatus::Selesai] {
        let event = world.test.delivery(&moved(contact, status, "x"));
        world.hear(Complaints(world.app.clone()), &event).await;
    }
    let first = delivery::round(&world.app).await.expect("a round");
    assert_eq!(first.claimed, 1, "one at a time");
    world.deliver().await;
    let texts = world.texts().await;
    let places: Vec<_> = ["diperiksa", "ditangani petugas", "selesai"]
        .iter()
        .map(|word| texts.iter().position(|t| t.contains(word)))
        .collect();
    assert_eq!(texts.len(), 3);
    assert!(places[1] < places[2] && texts[0].contains("periksa"), "{texts:?}");
}

#[tokio::test]
async fn several_workers_share_and_never_say_anything_twice() {
    let world = World::new().await;
    world.channel_accepts().await;
    for _ in 0..60 {
        let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Diproses, "x"));
        world.hear(Complaints(world.app.clone()), &event).await;
    }
    futures_util::join!(world.deliver(), world.deliver(), world.deliver());
    assert_eq!(world.texts().await.len(), 60);
    assert!(world.statuses().await.iter().all(|status| status == "accepted"));
}

#[tokio::test]
async fn a_worker_that_died_is_replaced_when_its_lease_is_over() {
    let world = World::new().await;
    world.channel_accepts().await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Diproses, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    let claimed = delivery::store::claim(&world.test.ctx.db, world.test.clock.now(), 10).await.expect("claimed");
    assert_eq!(claimed.len(), 1);
    world.deliver().await;
    assert!(world.texts().await.is_empty(), "it is another's");
    world.test.clock.advance(chrono::Duration::seconds(60));
    world.deliver().await;
    assert_eq!(world.texts().await.len(), 1);
}
