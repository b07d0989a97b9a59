//! Who sees what of secret and anonymous complaints.

use axum::http::StatusCode;
use contracts::{ContactId, OfficeId};
use serde_json::json;

use crate::world::{World, body_with, fields, number, numbers, path};

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
    ordinary.get(&by_contact).await.expect(StatusCode::FORBIDDEN);
    let colleague = person(&["conversation.take"]);
    assert!(
        numbers(&colleague.get(&by_contact).await.expect(StatusCode::OK)).is_empty(),
        "a list by contact would tell"
    );

    assert!(seen["alias"].as_str().is_some_and(|alias| alias.starts_with("Pelapor ")), "{seen}");
    // Even whoever may ask has to ask.
    let revealer = person(&["identity.reveal", "citizen.privacy"]);
    assert!(revealer.get(&path(id)).await.expect(StatusCode::OK).get("contact_id").is_none());
    assert!(numbers(&revealer.get(&by_contact).await.expect(StatusCode::OK)).is_empty());
    // A service has to know whom to tell, and finds a citizen's own complaints.
    assert_eq!(world.api.get(&path(id)).await.expect(StatusCode::OK)["contact_id"], json!(contact));
    assert_eq!(numbers(&world.api.get(&by_contact).await.expect(StatusCode::OK)), [id]);
}

#[tokio::test]
async fn a_reveal_needs_a_permission_and_a_reason_that_stays() {
    let world = World::new().await;
    let contact = ContactId::new();
    let anonymous = world.complaint(&body_with(contact, json!({"anonim": true}))).await;
    let reveal = format!("{}/reveal", path(number(&anonymous)));
    let person = |permissions: &[&str]| world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), permissions));
    let reason = json!({"reason": "ancaman terhadap pelapor, diminta Inspektorat"});

    world.api.post(&reveal, &reason).await.expect(StatusCode::FORBIDDEN);
    person(&["complaint.secret"]).post(&reveal, &reason).await.expect(StatusCode::FORBIDDEN);
    let short = person(&["identity.reveal"]).post(&reveal, &json!({"reason": "ingin"})).await;
    assert_eq!(fields(&short.expect(StatusCode::BAD_REQUEST)), ["reason"]);
    let revealed = person(&["identity.reveal"]).post(&reveal, &reason).await.expect(StatusCode::OK);
    assert_eq!(revealed["contact_id"], json!(contact));

    let last = |detail: &serde_json::Value| {
        detail["updates"].as_array().and_then(|all| all.last()).cloned().expect("an entry")
    };
    let audit = last(&person(&["identity.reveal"]).get(&path(number(&anonymous))).await.expect(StatusCode::OK));
    assert_eq!(
        (&audit["kind"], &audit["actor"], &audit["reason"]),
        (&json!("identity"), &json!("Sari"), &reason["reason"])
    );
    let seen = last(&person(&[]).get(&path(number(&anonymous))).await.expect(StatusCode::OK));
    assert_eq!((&seen["kind"], &seen["reason"]), (&json!("identity"), &json!(null)));
}

#[tokio::test]
async fn an_anonymous_reporter_lies_sealed_and_nowhere_else() {
    let world = World::new().await;
    let contact = ContactId::new();
    let body = body_with(contact, json!({"anonim": true, "nama": "Budi"}));
    let anonymous = world.api.key("k").post("/internal/complaints", &body).await.expect(StatusCode::CREATED);
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    for table in ["complaints", "complaint_updates", "complaint_identities", "complaint_followers", "idempotency"] {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} t")))
            .fetch_all(&mut *tx)
            .await
            .expect("rows");
        assert!(!rows.concat().contains(&contact.to_string()), "{table} names the reporter");
    }
    drop(tx);
    // They are still recognised as the owner.
    world.moved(number(&anonymous), &json!({"status": "dibatalkan", "by_contact_id": contact})).await;
    let erased = world.api.delete(&format!("/internal/citizens/{contact}")).await.expect(StatusCode::OK);
    assert_eq!(erased["erased"], 1);
}

#[tokio::test]
async fn who_works_on_a_secret_complaint_sees_it() {
    let world = World::new().await;
    let secret = world.complaint(&body_with(ContactId::new(), json!({"rahasia": true}))).await;
    let id = number(&secret);
    let person =
        |name: &str, permissions: &[&str]| world.api.actor(&world.test.actor(name, Some(OfficeId::FIRST), permissions));
    let assign = json!({"assigned_to": "id-of-Sari", "assigned_name": "Sari"});
    person("Sari", &["complaint.update"]).put(&path(id), &assign).await.expect(StatusCode::FORBIDDEN);
    person("Kepala", &["complaint.update", "complaint.assign", "complaint.secret"])
        .put(&path(id), &assign)
        .await
        .expect(StatusCode::OK);
    let seen = person("Sari", &["complaint.update"]).get(&path(id)).await.expect(StatusCode::OK);
    assert_eq!(seen["deskripsi"], secret["deskripsi"]);
    assert_eq!(numbers(&person("Sari", &[]).get("/internal/complaints").await.expect(StatusCode::OK)), [id]);
    person("Budi", &["complaint.update"]).get(&path(id)).await.expect(StatusCode::NOT_FOUND);
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

#[tokio::test]
async fn anonymous_complaints_of_former_times_are_sealed_after_the_start() {
    let world = World::new().await;
    let contact = ContactId::new();
    let complaint = world.complaint(&body_with(contact, json!({"nama": "Budi"}))).await;
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query("UPDATE complaints SET anonim = true").execute(&mut *tx).await.expect("as it was once");
    tx.commit().await.expect("committed");
    assert_eq!(case_service::identity::worker::tick(&world.app).await.expect("a tick"), 1);
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    let row: String = sqlx::query_scalar("SELECT c::text FROM complaints c").fetch_one(&mut *tx).await.expect("a row");
    assert!(!row.contains(&contact.to_string()) && !row.contains("Budi"), "{row}");
    drop(tx);
    world.moved(number(&complaint), &json!({"status": "dibatalkan", "by_contact_id": contact})).await;
}
