//! Asking for notifications, over HTTP and by event; export and erasure.

use axum::http::StatusCode;
use contracts::events::contact::ContactMerged;
use contracts::events::notification::{NotificationFailed, NotificationRequested};
use contracts::{ContactId, NotificationId, OfficeId};
use notification_service::citizens::merge::Merges;
use notification_service::requests::Requests;
use serde_json::{Value, json};
use wiremock::matchers::path as at;
use wiremock::{Mock, ResponseTemplate};

use crate::world::World;

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect()
}

#[tokio::test]
async fn a_text_is_accepted_and_said_once_per_key() {
    let world = World::new().await;
    world.channel_accepts().await;
    let body = json!({"contact_id": ContactId::new(), "text": "Kantor tutup besok.", "kind": "info"});
    let api = world.api.key("k-1");
    let calls = (0..10).map(|_| api.post("/internal/notifications", &body));
    let answers = futures_util::future::join_all(calls).await;
    let first = answers[0].expect(StatusCode::ACCEPTED);
    assert_eq!(first["status"], "pending");
    assert!(answers.iter().all(|answer| answer.json() == first));
    world.deliver().await;
    assert_eq!(world.texts().await, ["Kantor tutup besok."]);
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let world = World::new().await;
    let nothing = world.api.post("/internal/notifications", &json!({})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&nothing), ["wa_user_id", "kind", "text"]);
    let both = json!({"contact_id": ContactId::new(), "kind": "info", "text": "x", "template": "y"});
    assert_eq!(
        fields(&world.api.post("/internal/notifications", &both).await.expect(StatusCode::BAD_REQUEST)),
        ["text"]
    );
    let unknown = json!({"contact_id": ContactId::new(), "kind": "info", "template": "y"});
    assert_eq!(
        fields(&world.api.post("/internal/notifications", &unknown).await.expect(StatusCode::BAD_REQUEST)),
        ["template"]
    );
    let missing = json!({"contact_id": ContactId::new(), "kind": "info", "template": "complaint_terverifikasi", "variables": {"nomor": "1"}});
    assert_eq!(
        fields(&world.api.post("/internal/notifications", &missing).await.expect(StatusCode::BAD_REQUEST)),
        ["variables.status"]
    );
    let long = json!({"contact_id": ContactId::new(), "kind": "info", "text": "x".repeat(4097)});
    assert_eq!(
        fields(&world.api.post("/internal/notifications", &long).await.expect(StatusCode::BAD_REQUEST)),
        ["text"]
    );
    let misspelt = json!({"contact": ContactId::new(), "kind": "info", "text": "x"});
    world.api.post("/internal/notifications", &misspelt).await.expect(StatusCode::BAD_REQUEST);
    assert!(world.notifications().await.is_empty());
}

#[tokio::test]
async fn a_whatsapp_id_is_resolved_and_an_absent_channel_is_named() {
    let world = World::new().await;
    let body = json!({"wa_user_id": "081234567890", "text": "x", "kind": "info"});
    let contact = ContactId::new();
    Mock::given(at("/internal/contacts/resolve"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"contact_id": contact})))
        .up_to_n_times(1)
        .mount(&world.channel)
        .await;
    world.api.post("/internal/notifications", &body).await.expect(StatusCode::ACCEPTED);
    assert_eq!(world.notifications().await[0]["contact_id"], json!(contact));
    Mock::given(at("/internal/contacts/resolve")).respond_with(ResponseTemplate::new(500)).mount(&world.channel).await;
    let problem = world.api.post("/internal/notifications", &body).await.expect(StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("channel-service is away")), "{problem}");
}

#[tokio::test]
async fn a_request_by_event_is_said_once_and_a_bad_one_fails_visibly() {
    let world = World::new().await;
    world.channel_accepts().await;
    let request = |template: Option<&str>, text: Option<&str>| NotificationRequested {
        notification_id: NotificationId::new(),
        contact_id: ContactId::new(),
        template: template.map(str::to_owned),
        text: text.map(str::to_owned),
        variables: [("nomor".to_owned(), "LAP-20261120-001".to_owned())].into(),
        kind: "info".to_owned(),
    };
    for event in
        [request(None, Some("halo")), request(Some("complaint_dibatalkan"), None), request(Some("tidak_ada"), None)]
    {
        let delivery = world.test.delivery(&event);
        for _ in 0..3 {
            world.hear(Requests(world.app.clone()), &delivery).await;
        }
    }
    world.deliver().await;
    let mut texts = world.texts().await;
    texts.sort();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].starts_with("Laporan *LAP-20261120-001*") && texts[1] == "halo", "{texts:?}");
    let failed = world.test.outbox::<NotificationFailed>().await;
    assert_eq!(failed.len(), 1);
    assert!(failed[0].reason.contains("tidak_ada"));
}

#[tokio::test]
async fn pages_and_filters() {
    let world = World::new().await;
    let contact = ContactId::new();
    for n in 0..5 {
        let contact = if n == 0 { contact } else { ContactId::new() };
        let body = json!({"contact_id": contact, "text": n.to_string(), "kind": if n < 2 { "info" } else { "other" }});
        world.api.post("/internal/notifications", &body).await.expect(StatusCode::ACCEPTED);
    }
    let mut seen = Vec::new();
    let mut query = "/internal/notifications?limit=2".to_owned();
    loop {
        let page = world.api.get(&query).await.expect(StatusCode::OK);
        seen.extend(
            page["data"].as_array().expect("data").iter().map(|one| one["text"].as_str().expect("a text").to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("/internal/notifications?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
    for (query, count) in
        [("kind=info", 2), ("status=pending", 5), ("status=failed", 0), (&format!("contact_id={contact}"), 1)]
    {
        let page = world.api.get(&format!("/internal/notifications?{query}")).await.expect(StatusCode::OK);
        assert_eq!(page["data"].as_array().map(Vec::len), Some(count), "{query}");
    }
    let bad = world
        .api
        .get("/internal/notifications?status=x&limit=0&cursor=x&contact_id=x")
        .await
        .expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&bad), ["status", "contact_id", "cursor", "limit"]);
}

#[tokio::test]
async fn who_opted_out_hears_of_their_own_complaints_only() {
    let world = World::new().await;
    let contact = ContactId::new();
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query("INSERT INTO opt_outs (office_id, contact_id, at) VALUES ($1, $2, now())")
        .bind(OfficeId::FIRST.0)
        .bind(contact.0)
        .execute(&mut *tx)
        .await
        .expect("an opt-out");
    tx.commit().await.expect("a commit");
    for (kind, status) in [("info", "silent"), ("complaint_note", "pending")] {
        let body = json!({"contact_id": contact, "text": "x", "kind": kind});
        assert_eq!(
            world.api.post("/internal/notifications", &body).await.expect(StatusCode::ACCEPTED)["status"],
            status
        );
    }
}

#[tokio::test]
async fn a_merge_an_export_and_an_erasure() {
    let world = World::new().await;
    let (old, new) = (ContactId::new(), ContactId::new());
    let say = |contact: ContactId| json!({"contact_id": contact, "text": "halo", "kind": "info"});
    world.api.post("/internal/notifications", &say(old)).await.expect(StatusCode::ACCEPTED);
    let delivery = world.test.delivery(&ContactMerged { from: old, into: new });
    for _ in 0..2 {
        world.hear(Merges(world.app.clone()), &delivery).await;
    }
    world.api.post("/internal/notifications", &say(old)).await.expect(StatusCode::ACCEPTED);
    let citizen = format!("/internal/citizens/{new}");
    let export = world.api.get(&citizen).await.expect(StatusCode::OK);
    assert_eq!(export["notifications"].as_array().map(Vec::len), Some(2));
    let ordinary = world.api.actor(&world.test.actor("Sari", Some(OfficeId::FIRST), &[]));
    ordinary.post("/internal/notifications", &say(new)).await.expect(StatusCode::FORBIDDEN);
    ordinary.put("/internal/templates/complaint_baru", &json!({"text": "x"})).await.expect(StatusCode::FORBIDDEN);
    ordinary.delete(&citizen).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(world.api.delete(&citizen).await.expect(StatusCode::OK)["erased"], 2);
    assert!(world.notifications().await.is_empty());
    world.deliver().await;
    assert!(world.texts().await.is_empty(), "what was still to be said is not said");
}
