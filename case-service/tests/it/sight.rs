//! Who sees what of secret and anonymous complaints.

use axum::http::StatusCode;
use contracts::{ContactId, OfficeId};
use serde_json::json;

use crate::world::{World, body_with, number, numbers, path};

#[tokio::test]
async fn a_secret_complaint_exists_only_for_those_who_may_see_it() {
    let world = World::new().await;
    let contact = ContactId::new();
    let secret = world.complaint(&body_with(contact, json!({"rahasia": true}))).await;
    let id = number(&secret);
    let person = |permissions: &[&str]| world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), permissions));

    let ordinary = person(&["complaint.update"]);
    ordinary.get(&path(id)).await.expect(StatusCode::NOT_FOUND);
    ordinary.put(&path(id), &json!({"status": "terverifikasi"})).await.expect(StatusCode::NOT_FOUND);
    assert!(numbers(&ordinary.get("/internal/complaints?q=LAP").await.expect(StatusCode::OK)).is_empty());
    assert_eq!(ordinary.get("/internal/complaints/stats").await.expect(StatusCode::OK)["total"], 0);

    let trusted = person(&["complaint.secret"]);
    assert_eq!(trusted.get(&path(id)).await.expect(StatusCode::OK)["deskripsi"], secret["deskripsi"]);
    assert_eq!(numbers(&trusted.get("/internal/complaints?q=motor").await.expect(StatusCode::OK)), [id]);

    let service = world.api.get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!((&service["contact_id"], &service["status"]), (&json!(contact), &json!("baru")));
    assert_eq!(
        (&service["deskripsi"], &service["alamat"], &service["kelurahan"]),
        (&json!(""), &json!(""), &json!(null))
    );
    assert_eq!(numbers(&world.api.get("/internal/complaints").await.expect(StatusCode::OK)), [id]);
    assert!(
        numbers(&world.api.get("/internal/complaints?q=motor").await.expect(StatusCode::OK)).is_empty(),
        "no guessing"
    );
}

#[tokio::test]
async fn who_is_behind_an_anonymous_complaint_shows_only_to_those_who_may_reveal() {
    let world = World::new().await;
    let contact = ContactId::new();
    let anonymous = world.complaint(&body_with(contact, json!({"anonim": true, "nama": "Budi"}))).await;
    let id = number(&anonymous);
    let person = |permissions: &[&str]| world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), permissions));
    let by_contact = format!("/internal/complaints?contact_id={contact}");

    let ordinary = person(&[]);
    let seen = ordinary.get(&path(id)).await.expect(StatusCode::OK);
    assert!(seen.get("contact_id").is_none(), "{seen}");
    assert!(!seen.to_string().contains(&contact.to_string()) && !seen.to_string().contains("Budi"), "{seen}");
    let listed = ordinary.get("/internal/complaints").await.expect(StatusCode::OK);
    assert!(!listed.to_string().contains(&contact.to_string()), "{listed}");
    assert!(
        numbers(&ordinary.get(&by_contact).await.expect(StatusCode::OK)).is_empty(),
        "a list by contact would tell"
    );

    let revealer = person(&["identity.reveal"]);
    assert_eq!(revealer.get(&path(id)).await.expect(StatusCode::OK)["contact_id"], json!(contact));
    assert_eq!(numbers(&revealer.get(&by_contact).await.expect(StatusCode::OK)), [id]);
    assert_eq!(world.api.get(&path(id)).await.expect(StatusCode::OK)["contact_id"], json!(contact));
}

#[tokio::test]
async fn only_who_may_change_complaints_does_and_the_timeline_names_them() {
    let world = World::new().await;
    let created = world.complaint(&body_with(ContactId::new(), json!({}))).await;
    let reader = world.api.actor(&world.test.actor("Budi", Some(OfficeId::FIRST), &[]));
    reader.put(&path(number(&created)), &json!({"status": "terverifikasi"})).await.expect(StatusCode::FORBIDDEN);
    reader.post("/internal/complaints", &body_with(ContactId::new(), json!({}))).await.expect(StatusCode::FORBIDDEN);
    let api = world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), &["complaint.update"]));
    api.put(&path(number(&created)), &json!({"status": "terverifikasi"})).await.expect(StatusCode::OK);
    let detail = world.api.get(&path(number(&created))).await.expect(StatusCode::OK);
    assert_eq!(detail["updates"][1]["actor"], "Sari");
}
