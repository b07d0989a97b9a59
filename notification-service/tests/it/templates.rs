//! An office's own words.

use axum::http::StatusCode;
use contracts::{ComplaintStatus, ContactId, OfficeId};
use notification_service::complaints::Complaints;
use serde_json::json;

use crate::world::{World, moved};

#[tokio::test]
async fn an_office_says_it_in_its_own_words_and_keeps_the_versions() {
    let world = World::new().await;
    world.channel_accepts().await;
    let path = "/internal/templates/complaint_selesai";
    let own = json!({"text": "Beres! {{ nomor }}: {{ catatan }}"});
    let sari = world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), &["office.manage"]));
    let changed = sari.put(path, &own).await.expect(StatusCode::OK);
    assert_eq!((&changed["version"], &changed["written_by"]), (&json!(1), &json!("Sari")));
    assert_eq!(changed["variables"], json!(["catatan", "nomor"]));
    let changed = sari.put(path, &json!({"text": "Tuntas! {{ nomor }}: {{ catatan }}"})).await.expect(StatusCode::OK);
    assert_eq!(changed["version"], 2);

    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Selesai, "sudah {{ ditambal }}"));
    world.hear(Complaints(world.app.clone()), &event).await;
    world.deliver().await;
    assert_eq!(world.texts().await, ["Tuntas! LAP-20261120-007: sudah {{ ditambal }}"], "values are no templates");

    let all = world.api.get("/internal/templates").await.expect(StatusCode::OK);
    let selesai: Vec<_> =
        all["data"].as_array().expect("data").iter().filter(|one| one["name"] == "complaint_selesai").collect();
    assert_eq!((selesai.len(), &selesai[0]["version"]), (1, &json!(2)));
    assert_eq!(all["data"].as_array().map(Vec::len), Some(13));
}

#[tokio::test]
async fn a_text_that_could_never_be_said_is_refused() {
    let world = World::new().await;
    for text in ["{{ nomor", "{{ nama_istri }}", " ", &"x".repeat(3_001)] {
        let answer = world.api.put("/internal/templates/complaint_selesai", &json!({"text": text})).await;
        assert_eq!(answer.expect(StatusCode::BAD_REQUEST)["errors"][0]["field"], "text", "{text}");
    }
    world.api.put("/internal/templates/tidak_ada", &json!({"text": "x"})).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn new_templates_have_names_of_their_own() {
    let world = World::new().await;
    world.channel_accepts().await;
    let body = json!({"name": "jam_layanan", "text": "Halo {{ nama }}, besok kami buka pukul {{ jam }}."});
    let created = world.api.post("/internal/templates", &body).await.expect(StatusCode::CREATED);
    assert_eq!(created["variables"], json!(["jam", "nama"]));
    world.api.post("/internal/templates", &body).await.expect(StatusCode::CONFLICT);
    let bad = world.api.post("/internal/templates", &json!({"name": "Jam Layanan", "text": "x"})).await;
    assert_eq!(bad.expect(StatusCode::BAD_REQUEST)["errors"][0]["field"], "name");

    let ask = json!({
        "contact_id": ContactId::new(), "kind": "info", "template": "jam_layanan", "variables": {"nama": "Bu Ani", "jam": "8"},
    });
    world.api.post("/internal/notifications", &ask).await.expect(StatusCode::ACCEPTED);
    world.deliver().await;
    assert_eq!(world.texts().await, ["Halo Bu Ani, besok kami buka pukul 8."]);
}

/// Written before a rule was stricter, or by hand in the database.
#[tokio::test]
async fn a_text_that_does_not_work_silences_nobody() {
    let world = World::new().await;
    world.channel_accepts().await;
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query(
        "INSERT INTO notification_templates (office_id, name, version, text, written_by, created_at)
         VALUES ($1, 'complaint_selesai', 1, '{{ tidak_ada }}', 'x', now())",
    )
    .bind(OfficeId::FIRST.0)
    .execute(&mut *tx)
    .await
    .expect("a template");
    tx.commit().await.expect("a commit");
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Selesai, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    world.deliver().await;
    assert!(world.texts().await[0].contains("*selesai*"));
}
