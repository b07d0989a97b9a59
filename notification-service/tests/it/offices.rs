//! Offices never see each other.

use axum::http::StatusCode;
use contracts::{ContactId, OfficeId};
use notification_service::MIGRATOR;
use serde_json::json;
use testkit::{Test, database::assert_walls};

use crate::world::World;

#[tokio::test]
async fn every_table_has_its_wall() {
    let test = Test::without_broker("notification-service", &MIGRATOR).await;
    assert_walls(&test.ctx.db).await;
}

#[tokio::test]
async fn with_two_offices_every_call_says_which_and_sees_no_other() {
    let world = World::new().await;
    let contact = ContactId::new();
    let body = json!({"contact_id": contact, "text": "halo", "kind": "info"});
    let own = world.api.office(OfficeId::FIRST);
    let id = own.post("/internal/notifications", &body).await.expect(StatusCode::ACCEPTED)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    own.post("/internal/templates", &json!({"name": "rahasia_kami", "text": "x"})).await.expect(StatusCode::CREATED);
    own.put("/internal/templates/complaint_baru", &json!({"text": "kata kami"})).await.expect(StatusCode::OK);
    let second = world.test.add_office("Kelurahan Kedua").await;

    let one = format!("/internal/notifications/{id}");
    let status = format!("{one}/status");
    let citizen = format!("/internal/citizens/{contact}");
    let silent = json!({"status": "silent"});
    let nameless = &world.api;
    for answer in [
        nameless.get("/internal/notifications").await,
        nameless.post("/internal/notifications", &body).await,
        nameless.get(&one).await,
        nameless.put(&status, &silent).await,
        nameless.get("/internal/templates").await,
        nameless.post("/internal/templates", &json!({"name": "x", "text": "x"})).await,
        nameless.put("/internal/templates/x", &json!({"text": "x"})).await,
        nameless.get(&citizen).await,
        nameless.delete(&citizen).await,
    ] {
        answer.expect(StatusCode::BAD_REQUEST);
    }

    let other = world.api.office(second);
    assert_eq!(other.get("/internal/notifications").await.expect(StatusCode::OK)["data"], json!([]));
    other.get(&one).await.expect(StatusCode::NOT_FOUND);
    other.put(&status, &silent).await.expect(StatusCode::NOT_FOUND);
    let templates = other.get("/internal/templates").await.expect(StatusCode::OK);
    assert!(!templates.to_string().contains("rahasia_kami") && !templates.to_string().contains("kata kami"));
    other.put("/internal/templates/rahasia_kami", &json!({"text": "x"})).await.expect(StatusCode::NOT_FOUND);
    let theirs = json!({"contact_id": contact, "template": "rahasia_kami", "kind": "info"});
    other.post("/internal/notifications", &theirs).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(other.get(&citizen).await.expect(StatusCode::OK)["notifications"], json!([]));
    assert_eq!(other.delete(&citizen).await.expect(StatusCode::OK)["erased"], 0);
    assert_eq!(own.get(&one).await.expect(StatusCode::OK)["status"], "pending");
}

#[tokio::test]
async fn nothing_is_answered_without_the_key() {
    let world = World::new().await;
    let api = world.api.without("x-internal-api-key");
    for path in ["/internal/notifications", "/internal/templates", &format!("/internal/citizens/{}", ContactId::new())]
    {
        api.get(path).await.expect(StatusCode::UNAUTHORIZED);
    }
}
