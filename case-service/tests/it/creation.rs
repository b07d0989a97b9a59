//! Taking complaints.

use axum::http::StatusCode;
use contracts::ContactId;
use contracts::events::complaint::ComplaintCreated;
use serde_json::json;
use wiremock::matchers::{body_json, header, method, path as at};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::world::{World, body, body_with, fields, number, path};

#[tokio::test]
async fn a_complaint_gets_a_number_a_due_time_and_a_timeline() {
    let world = World::new().await;
    let contact = ContactId::new();
    let media = json!([{"id": "m-1", "mime_type": "image/jpeg", "key": "2026/11/m-1"}]);
    let created = world.complaint(&body_with(contact, json!({"media": media, "lat": -6.2, "lng": 106.8}))).await;

    assert_eq!(created["complaint_id"], "LAP-20261120-001");
    assert_eq!(created["status"], "baru");
    assert_eq!(created["version"], 1);
    assert_eq!(created["kategori_nama"], "Jalan rusak");
    assert_eq!(created["contact_id"], json!(contact));
    // 60 working days after Friday, 20 November 2026; Christmas with its day off and New Year do not count.
    assert_eq!(created["due_at"], "2027-02-17T16:59:59Z");

    let detail = world.api.get(&path("LAP-20261120-001")).await.expect(StatusCode::OK);
    assert_eq!(detail["id"], created["id"]);
    assert_eq!(detail["lat"], -6.2);
    assert_eq!(detail["media"], media);
    assert_eq!(detail["updates"][0]["kind"], "created");
    assert_eq!(detail["updates"][0]["actor"], "service:internal");
    let by_id = world.api.get(&path(created["id"].as_str().expect("an id"))).await.expect(StatusCode::OK);
    assert_eq!(by_id, detail);
    world.api.get(&path("LAP-20261120-002")).await.expect(StatusCode::NOT_FOUND);
    world.api.get(&path("nonsense")).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_event_says_where_it_stands_and_nothing_personal() {
    let world = World::new().await;
    let contact = ContactId::new();
    let turn = contracts::TurnId::new();
    let created = world.complaint(&body_with(contact, json!({"nama": "Budi Santoso", "origin_turn_id": turn}))).await;

    let events = world.test.outbox::<ComplaintCreated>().await;
    assert_eq!(events.len(), 1);
    let facts = &events[0].facts;
    assert_eq!(facts.complaint_id.to_string(), number(&created));
    assert_eq!((facts.contact_id, facts.origin_turn_id), (Some(contact), Some(turn)));
    assert_eq!(facts.area.as_deref(), Some("Sukamaju"));
    let text = serde_json::to_string(&events[0]).expect("JSON");
    assert!(!text.contains("motor jatuh") && !text.contains("Budi") && !text.contains("Melati"), "{text}");
}

#[tokio::test]
async fn of_a_secret_complaint_the_event_tells_ids_only() {
    let world = World::new().await;
    world.complaint(&body_with(ContactId::new(), json!({"rahasia": true}))).await;
    let facts = world.test.outbox::<ComplaintCreated>().await.remove(0).facts;
    assert!(facts.kategori.is_none() && facts.status.is_none() && facts.area.is_none() && facts.due_at.is_none());
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let world = World::new().await;
    let answer = world.api.post("/internal/complaints", &json!({"kategori": "ufo", "lat": 200})).await;
    let problem = answer.expect(StatusCode::BAD_REQUEST);
    assert_eq!(problem["type"], "urn:govconnect:problem:validation");
    let mut named = fields(&problem);
    named.sort_unstable();
    assert_eq!(named, ["alamat", "deskripsi", "kategori", "lat", "lng", "wa_user_id"]);

    let unknown = world.api.post("/internal/complaints", &body_with(ContactId::new(), json!({"alamt": "x"}))).await;
    assert!(unknown.expect(StatusCode::BAD_REQUEST).to_string().contains("alamt"));
}

#[tokio::test]
async fn the_same_key_takes_one_complaint_however_often_it_comes() {
    let world = World::new().await;
    let contact = ContactId::new();
    let api = world.api.key("turn-1:2");
    let calls =
        (0..10).map(|_| async { api.post("/internal/complaints", &body(contact)).await.expect(StatusCode::CREATED) });
    let answers = futures_util::future::join_all(calls).await;

    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(number(&answers[0]), "LAP-20261120-001");
    let page = world.api.get("/internal/complaints").await.expect(StatusCode::OK);
    assert_eq!(page["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.test.outbox::<ComplaintCreated>().await.len(), 1);

    let other = api.post("/internal/complaints", &body(ContactId::new())).await.expect(StatusCode::CONFLICT);
    assert_eq!(other["type"], "urn:govconnect:problem:idempotency-key-reused");
    let next = world.complaint(&body(contact)).await;
    assert_eq!(number(&next), "LAP-20261120-002", "no number was lost");
}

#[tokio::test]
async fn a_whatsapp_id_is_resolved_by_the_channel_service() {
    let channel = MockServer::start().await;
    let contact = ContactId::new();
    Mock::given(method("POST"))
        .and(at("/internal/contacts/resolve"))
        .and(header("x-internal-api-key", testkit::INTERNAL_API_KEY))
        .and(body_json(json!({"wa_user_id": "6281234567890", "phone_number_id": null})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"contact_id": contact})))
        .mount(&channel)
        .await;
    let world = World::with_channel(&channel.uri()).await;
    let mut body = body_with(contact, json!({"wa_user_id": "0812-3456-7890"}));
    body.as_object_mut().expect("fields").remove("contact_id");
    assert_eq!(world.complaint(&body).await["contact_id"], json!(contact));
}

#[tokio::test]
async fn while_the_channel_service_is_away_the_answer_says_so() {
    let world = World::new().await;
    let mut body = body_with(ContactId::new(), json!({"wa_user_id": "081234567890"}));
    body.as_object_mut().expect("fields").remove("contact_id");
    let problem = world.api.post("/internal/complaints", &body).await.expect(StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("channel-service is away")), "{problem}");
}

#[tokio::test]
async fn nothing_is_answered_without_the_key() {
    let world = World::new().await;
    for api in [world.api.without("x-internal-api-key"), world.api.with("x-internal-api-key", "wrong")] {
        api.get("/internal/complaints").await.expect(StatusCode::UNAUTHORIZED);
        api.post("/internal/complaints", &body(ContactId::new())).await.expect(StatusCode::UNAUTHORIZED);
        api.put(&path("LAP-20261120-001"), &json!({})).await.expect(StatusCode::UNAUTHORIZED);
        api.get("/internal/complaints/stats").await.expect(StatusCode::UNAUTHORIZED);
        api.delete(&format!("/internal/citizens/{}", ContactId::new())).await.expect(StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn every_route_stands_in_the_openapi_document() {
    let world = World::new().await;
    let document = world.api.get("/openapi.json").await.expect(StatusCode::OK);
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    for (path, method) in [
        ("/internal/complaints", "post"),
        ("/internal/complaints", "get"),
        ("/internal/complaints/stats", "get"),
        ("/internal/complaints/{id}", "get"),
        ("/internal/complaints/{id}", "put"),
        ("/internal/categories", "get"),
        ("/internal/citizens/{contact_id}", "get"),
        ("/internal/citizens/{contact_id}", "delete"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{method} {path}");
    }
}
