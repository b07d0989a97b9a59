//! Offices never see each other.

use axum::http::StatusCode;
use case_service::MIGRATOR;
use contracts::{ContactId, OfficeId};
use serde_json::json;
use testkit::{Test, database::assert_walls};

use crate::world::{World, body, number, numbers, path};

#[tokio::test]
async fn every_table_has_its_wall() {
    let test = Test::without_broker("case-service", &MIGRATOR).await;
    assert_walls(&test.ctx.db).await;
}

#[tokio::test]
async fn with_two_offices_every_call_says_which_and_sees_no_other() {
    let world = World::new().await;
    let contact = ContactId::new();
    let created = world.complaint(&body(contact)).await;
    let id = created["id"].as_str().expect("an id");
    let second = world.test.add_office("Kelurahan Kedua").await;

    let nameless = &world.api;
    for answer in [
        nameless.get("/internal/complaints").await,
        nameless.get("/internal/complaints/stats").await,
        nameless.get("/internal/categories").await,
        nameless.get(&path(id)).await,
        nameless.put(&path(id), &json!({"status": "terverifikasi"})).await,
        nameless.post("/internal/complaints", &body(contact)).await,
        nameless.get(&format!("/internal/citizens/{contact}")).await,
        nameless.delete(&format!("/internal/citizens/{contact}")).await,
    ] {
        answer.expect(StatusCode::BAD_REQUEST);
    }
    nameless.office(OfficeId::new()).get("/internal/complaints").await.expect(StatusCode::BAD_REQUEST);

    let other = world.api.office(second);
    assert!(numbers(&other.get("/internal/complaints").await.expect(StatusCode::OK)).is_empty());
    assert!(numbers(&other.get("/internal/complaints?q=LAP").await.expect(StatusCode::OK)).is_empty());
    assert!(
        numbers(&other.get(&format!("/internal/complaints?contact_id={contact}")).await.expect(StatusCode::OK))
            .is_empty()
    );
    assert_eq!(other.get("/internal/complaints/stats").await.expect(StatusCode::OK)["total"], 0);
    other.get(&path(id)).await.expect(StatusCode::NOT_FOUND);
    other.get(&path(number(&created))).await.expect(StatusCode::NOT_FOUND);
    other.put(&path(id), &json!({"status": "terverifikasi"})).await.expect(StatusCode::NOT_FOUND);
    let citizen = other.get(&format!("/internal/citizens/{contact}")).await.expect(StatusCode::OK);
    assert_eq!(citizen["complaints"], json!([]));
    let erased = other.delete(&format!("/internal/citizens/{contact}")).await.expect(StatusCode::OK);
    assert_eq!(erased["erased"], 0);
    let theirs = other.post("/internal/complaints", &body(contact)).await.expect(StatusCode::CREATED);
    assert_eq!(number(&theirs), number(&created), "each office counts for itself");
    let foreign = json!({"status": "duplikat", "of": "LAP-20261120-002"});
    world.api.office(OfficeId::FIRST).post("/internal/complaints", &body(contact)).await.expect(StatusCode::CREATED);
    other.put(&path(number(&theirs)), &foreign).await.expect(StatusCode::BAD_REQUEST);

    let own = world.api.office(OfficeId::FIRST);
    let detail = own.get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!((&detail["version"], &detail["deskripsi"]), (&json!(1), &created["deskripsi"]));
}

#[tokio::test]
async fn the_same_key_in_two_offices_is_two_keys() {
    let world = World::new().await;
    let second = world.test.add_office("Kelurahan Kedua").await;
    let contact = ContactId::new();
    let mut ids = Vec::new();
    for office in [OfficeId::FIRST, second] {
        let api = world.api.office(office).key("k");
        ids.push(api.post("/internal/complaints", &body(contact)).await.expect(StatusCode::CREATED)["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_person_of_one_office_is_refused_at_another() {
    let world = World::new().await;
    let second = world.test.add_office("Kelurahan Kedua").await;
    let person = world.test.actor("Sari", Some(OfficeId::FIRST), &["complaint.secret", "identity.reveal"]);
    world.api.actor(&person).office(second).get("/internal/complaints").await.expect(StatusCode::FORBIDDEN);
}
