//! `/internal/citizens/{contact_id}`, offices that do not see each other, and what is kept.

use ai_service::privacy::names::{self, Whose};
use ai_service::turns::merge::Merges;
use ai_service::turns::prune;
use chrono::Duration;
use contracts::ContactId;
use contracts::events::contact::ContactMerged;
use contracts::events::turn::ReplyReady;
use http::StatusCode;
use platform::bus::Handler;
use serde_json::json;

use crate::world::{WHOLE, World};

#[tokio::test]
async fn a_citizen_is_shown_and_forgotten() {
    let world = World::new().await;
    let path = format!("/internal/citizens/{}", world.contact);
    let delivery = world.test.delivery(&world.turn(WHOLE));
    world.handle(&delivery).await.expect("done");
    let memory = world.api().get(&path).await.expect(StatusCode::OK);
    assert_eq!(memory["dialogues"][0]["state"]["state"]["draft"]["alamat"], "Jl. Melati No. 15");
    assert_eq!(memory["turns"][0]["plan"], json!(null), "a turn's words are not kept once it was answered");

    let forgotten = world.api().delete(&path).await.expect(StatusCode::OK);
    assert_eq!(forgotten["erased"], 2);
    let memory = world.api().get(&path).await.expect(StatusCode::OK);
    assert_eq!((&memory["dialogues"], &memory["turns"]), (&json!([]), &json!([])));
    world.handle(&delivery).await.expect("done");
    assert_eq!(world.test.outbox::<ReplyReady>().await.len(), 1, "a redelivery stays refused");
}

#[tokio::test]
async fn another_office_sees_and_erases_nothing() {
    let world = World::new().await;
    world.says(WHOLE).await;
    let other = world.test.add_office("Desa Lain").await;
    let path = format!("/internal/citizens/{}", world.contact);
    let theirs = world.api().office(other);
    assert_eq!(theirs.get(&path).await.expect(StatusCode::OK)["dialogues"], json!([]));
    assert_eq!(theirs.delete(&path).await.expect(StatusCode::OK)["erased"], 0);
    let ours = world.api().office(contracts::OfficeId::FIRST);
    assert_eq!(ours.get(&path).await.expect(StatusCode::OK)["dialogues"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_person_needs_the_permission() {
    let world = World::new().await;
    let path = format!("/internal/citizens/{}", world.contact);
    let without = world.test.actor("budi", None, &[]);
    world.api().actor(&without).get(&path).await.expect(StatusCode::FORBIDDEN);
    let with = world.test.actor("siti", None, &["citizen.privacy"]);
    world.api().actor(&with).get(&path).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn old_turns_are_forgotten() {
    let world = World::new().await;
    world.says(WHOLE).await;
    world.test.clock.advance(Duration::days(34));
    prune::once(&world.app).await.expect("a look");
    let turns = |memory: serde_json::Value| memory["turns"].as_array().map(Vec::len);
    let path = format!("/internal/citizens/{}", world.contact);
    assert_eq!(turns(world.api().get(&path).await.json()), Some(1), "a redelivery could still come");
    world.test.clock.advance(Duration::days(2));
    prune::once(&world.app).await.expect("a look");
    assert_eq!(turns(world.api().get(&path).await.json()), Some(0));
}

#[tokio::test]
async fn names_that_are_hidden_for_a_citizen_are_shown_forgotten_and_follow_a_merge() {
    let world = World::new().await;
    let office = contracts::OfficeId::FIRST;
    let whose = Whose { office, contact: Some(world.contact), profile: Some("Sri Wahyuningsih") };
    let known = names::known(&world.app, whose, "nama saya Rina Kurniasih, tetangga Pak Hendra").await.expect("names");
    assert!(
        known.iter().any(|name| name == "Rina Kurniasih") && !known.iter().any(|name| name == "Hendra"),
        "{known:?}"
    );
    let names_of = async |contact| {
        let path = format!("/internal/citizens/{contact}");
        world.api().get(&path).await.expect(StatusCode::OK)["names"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(names_of(world.contact).await, 2);
    let into = ContactId::new();
    let merged = world.test.delivery(&ContactMerged { from: world.contact, into });
    Merges(world.app.clone()).handle(&merged).await.expect("merged");
    assert_eq!((names_of(world.contact).await, names_of(into).await), (0, 2));
    let path = format!("/internal/citizens/{into}");
    assert_eq!(world.api().delete(&path).await.expect(StatusCode::OK)["erased"], 2);
    assert_eq!(names_of(into).await, 0);
}
