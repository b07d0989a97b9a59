//! Export, erasure, and contacts that turn out to be one person.

use axum::http::StatusCode;
use case_service::citizens::merge::Merges;
use contracts::events::contact::ContactMerged;
use contracts::{ContactId, OfficeId};
use platform::bus::Handler;
use serde_json::json;

use crate::world::{World, body, body_with, number, path};

#[tokio::test]
async fn a_citizen_gets_everything_and_then_nothing_is_left_of_them() {
    let world = World::new().await;
    let (contact, neighbour) = (ContactId::new(), ContactId::new());
    let full = json!({"nama": "Budi", "rahasia": true, "lat": -6.2, "lng": 106.8, "media": [{"id": "m-1"}]});
    let created = world
        .api
        .key("k")
        .post("/internal/complaints", &body_with(contact, full.clone()))
        .await
        .expect(StatusCode::CREATED);
    let id = number(&created);
    world.moved(id, &json!({"deskripsi": "rumah Budi kebanjiran", "alamat": "Jl. Rahasia 1"})).await;
    world.complaint(&body(neighbour)).await;

    let citizen = format!("/internal/citizens/{contact}");
    let export = world.api.get(&citizen).await.expect(StatusCode::OK);
    assert_eq!(export["complaints"].as_array().map(Vec::len), Some(1));
    let whole = &export["complaints"][0];
    assert_eq!((&whole["nama"], &whole["deskripsi"]), (&json!("Budi"), &json!("rumah Budi kebanjiran")));
    assert_eq!(whole["media"][0]["id"], "m-1");

    let ordinary = world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), &[]));
    ordinary.get(&citizen).await.expect(StatusCode::FORBIDDEN);
    ordinary.delete(&citizen).await.expect(StatusCode::FORBIDDEN);

    assert_eq!(world.api.delete(&citizen).await.expect(StatusCode::OK)["erased"], 1);
    let officer =
        world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), &["complaint.secret", "identity.reveal"]));
    let tombstone = officer.get(&path(id)).await.expect(StatusCode::OK);
    for word in ["Budi", "Rahasia 1", "berlubang", "Melati", "m-1", &contact.to_string(), "106.8"] {
        assert!(!tombstone.to_string().contains(word), "{word} is still in {tombstone}");
    }
    assert_eq!((&tombstone["kategori"], &tombstone["status"]), (&json!("jalan_rusak"), &json!("baru")));
    assert_eq!(
        tombstone["updates"].as_array().and_then(|all| all.last()).map(|last| &last["kind"]),
        Some(&json!("erased"))
    );
    assert_eq!(world.api.get(&citizen).await.expect(StatusCode::OK)["complaints"], json!([]));

    // The answer kept for repeated calls is blanked too, and still prevents a second complaint.
    let again =
        world.api.key("k").post("/internal/complaints", &body_with(contact, full)).await.expect(StatusCode::CREATED);
    assert_eq!(again["complaint_id"], created["complaint_id"]);
    assert!(!again.to_string().contains("berlubang"), "{again}");
    let others = world.api.get(&format!("/internal/citizens/{neighbour}")).await.expect(StatusCode::OK);
    assert_eq!(others["complaints"][0]["deskripsi"], "jalan berlubang, sudah banyak motor jatuh");
}

#[tokio::test]
async fn the_timeline_can_not_be_rewritten() {
    let world = World::new().await;
    world.complaint(&body(ContactId::new())).await;
    for statement in ["UPDATE complaint_updates SET remark = 'x'", "DELETE FROM complaint_updates"] {
        let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
        let refused = sqlx::query(statement).execute(&mut *tx).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
    }
}

#[tokio::test]
async fn after_a_merge_old_and_new_complaints_are_one_persons() {
    let world = World::new().await;
    let (old, new, newest) = (ContactId::new(), ContactId::new(), ContactId::new());
    let before = world.complaint(&body(old)).await;
    let handler = Merges(world.app.clone());
    for (from, into) in [(old, new), (new, newest)] {
        let delivery = world.test.delivery(&ContactMerged { from, into });
        for _ in 0..10 {
            handler.handle(&delivery).await.expect("handled");
        }
    }
    let after = world.complaint(&body(old)).await;
    assert_eq!(after["contact_id"], json!(newest), "the old id still means the same person");
    let detail = world.api.get(&path(number(&before))).await.expect(StatusCode::OK);
    assert_eq!(detail["contact_id"], json!(newest));
    world.moved(number(&before), &json!({"status": "dibatalkan", "by_contact_id": old})).await;
}
