//! Turns from WhatsApp: planned, carried out, answered once.

use contracts::events::contact::ContactMerged;
use contracts::events::turn::{HandoffRequested, ReplyReady};
use contracts::intent::Intent;
use contracts::{ContactId, OfficeId};
use platform::bus::Handler;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use crate::world::{WHOLE, World, complaint, header};

#[tokio::test]
async fn a_complaint_is_shown_confirmed_and_made_once() {
    let world = World::new().await;
    world.case_takes_complaints().await;

    world.says(WHOLE).await;
    assert!(world.creations().await.is_empty(), "nothing is sent before the yes");
    let confirming = world.says("iya kirim").await;

    let creations = world.creations().await;
    assert_eq!(creations.len(), 1);
    let (key, body) = &creations[0];
    assert_eq!(*key, format!("{}:0", confirming.turn_id));
    assert_eq!(body["contact_id"], world.contact.to_string());
    assert_eq!(body["kategori"], "jalan_rusak");
    assert_eq!(body["alamat"], "Jl. Melati No. 15");
    assert_eq!((&body["rt"], &body["rw"], &body["kelurahan"]), (&"02".into(), &"05".into(), &"Sukamaju".into()));
    assert_eq!(body["deskripsi"], "jalan berlubang, sudah banyak motor jatuh");
    assert_eq!(body["origin_turn_id"], confirming.turn_id.to_string());

    let replies = world.test.outbox::<ReplyReady>().await;
    assert_eq!(replies.len(), 2);
    assert_eq!(
        replies[0].reply.buttons.iter().map(|button| button.id.as_str()).collect::<Vec<_>>(),
        ["ya", "ubah", "batal"]
    );
    assert_eq!(replies[1].complaint_id.map(|number| number.to_string()).as_deref(), Some("LAP-20261120-001"));
    assert!(replies[1].reply.text.contains("LAP-20261120-001"));
    assert_eq!((replies[1].epoch, replies[1].turn_id), (7, confirming.turn_id));
    assert_eq!(replies[0].intent, Intent::CreateComplaint);
}

#[tokio::test]
async fn a_redelivered_turn_is_not_answered_again() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    for _ in 0..3 {
        world.handle(&delivery).await.expect("done");
    }
    assert_eq!(world.creations().await.len(), 1);
    assert_eq!(world.test.outbox::<ReplyReady>().await.len(), 2);
}

#[tokio::test]
async fn the_same_turn_at_once_is_answered_once() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    let (a, b, c) = tokio::join!(world.handle(&delivery), world.handle(&delivery), world.handle(&delivery));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let keys: std::collections::BTreeSet<String> = world.creations().await.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 1, "one key, so that case-service makes one complaint");
    assert_eq!(world.test.outbox::<ReplyReady>().await.len(), 2);
}

#[tokio::test]
async fn somebody_elses_complaint_shows_its_status_alone() {
    let world = World::new().await;
    world.case_knows("LAP-20261120-009", complaint("LAP-20261120-009", ContactId::new(), "diproses")).await;
    world.case_knows("LAP-20261120-010", complaint("LAP-20261120-010", world.contact, "diproses")).await;
    world.says("status LAP-20261120-009").await;
    world.says("status LAP-20261120-010").await;
    let replies = world.test.outbox::<ReplyReady>().await;
    assert!(
        replies[0].reply.text.contains("Diproses") && !replies[0].reply.text.contains("Rahasia"),
        "{}",
        replies[0].reply.text
    );
    assert!(replies[1].reply.text.contains("Jl. Rahasia No. 7"));
    let requests = world.case.received_requests().await.expect("requests");
    assert_eq!(header(&requests[0], "x-office-id"), OfficeId::FIRST.to_string());
}

#[tokio::test]
async fn a_confidential_complaint_of_somebody_else_is_not_there() {
    let world = World::new().await;
    let mut view = complaint("LAP-20261120-009", ContactId::new(), "diproses");
    view["rahasia"] = true.into();
    world.case_knows("LAP-20261120-009", view).await;
    world.says("status LAP-20261120-009").await;
    assert!(world.test.outbox::<ReplyReady>().await[0].reply.text.contains("tidak ditemukan"));
}

#[tokio::test]
async fn a_citizen_cancels_their_own_complaint_after_a_question() {
    let world = World::new().await;
    world.case_knows("LAP-20261120-003", complaint("LAP-20261120-003", world.contact, "baru")).await;
    let cancelled =
        ResponseTemplate::new(200).set_body_json(complaint("LAP-20261120-003", world.contact, "dibatalkan"));
    Mock::given(method("PUT")).respond_with(cancelled).expect(1).mount(&world.case).await;
    world.says("batalkan laporan LAP-20261120-003").await;
    world.says("ya").await;
    let requests = world.case.received_requests().await.expect("requests");
    let put = requests.iter().find(|request| request.method.as_str() == "PUT").expect("a cancellation");
    let body: serde_json::Value = put.body_json().expect("JSON");
    assert_eq!(body, serde_json::json!({"status": "dibatalkan", "by_contact_id": world.contact}));
    assert!(world.test.outbox::<ReplyReady>().await[1].reply.text.contains("sudah dibatalkan"));
}

#[tokio::test]
async fn a_person_is_called_with_a_summary() {
    let world = World::new().await;
    world.says(WHOLE).await;
    world.says("saya mau bicara dengan petugas").await;
    let handoffs = world.test.outbox::<HandoffRequested>().await;
    assert_eq!(handoffs.len(), 1);
    assert_eq!(handoffs[0].reason, "requested");
    assert!(handoffs[0].summary.contains("jalan berlubang") && handoffs[0].text.is_some());
}

#[tokio::test]
async fn a_merged_contact_takes_its_dialogue_along() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let into = ContactId::new();
    let merged = world.test.delivery(&ContactMerged { from: world.contact, into });
    let merges = ai_service::turns::merge::Merges(world.app.clone());
    for _ in 0..2 {
        merges.handle(&merged).await.expect("done");
    }
    let memory = world.api().get(&format!("/internal/citizens/{into}")).await.json();
    assert_eq!(memory["dialogues"].as_array().map(Vec::len), Some(1));
    let mut event = world.turn("ya");
    event.contact_id = into;
    world.handle(&world.test.delivery(&event)).await.expect("done");
    assert_eq!(world.creations().await[0].1["contact_id"], into.to_string());
}
