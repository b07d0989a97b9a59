//! Offices and staff over the internal API.

use contracts::OfficeId;
use contracts::events::office::OfficeUpdated;
use http::StatusCode;
use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn without_the_key_nothing_is_answered() {
    let world = World::new().await;
    for path in ["/internal/offices", "/internal/dead-letters"] {
        assert_eq!(world.visitor.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let browser = world.browser("admin").await;
    assert_eq!(browser.get("/internal/offices").await.status, StatusCode::UNAUTHORIZED, "a session is no key");
}

#[tokio::test]
async fn the_first_office_gets_its_name_once() {
    let world = World::new().await;
    let all = world.service.get("/internal/offices").await.expect(StatusCode::OK);
    assert_eq!(all["data"][0]["name"], "Desa Sukamaju");
    assert_eq!(all["data"][0]["version"], 1);
    dashboard::offices::first::announce(&world.test.ctx, Some("Nama lain")).await.expect("announced");
    let told = world.test.outbox::<OfficeUpdated>().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].office.name, "Desa Sukamaju");
}

#[tokio::test]
async fn an_office_is_made_once_per_key_and_everybody_is_told() {
    let world = World::new().await;
    let body = json!({ "name": " Desa Mekarsari " });
    let one = world.service.key("k1").post("/internal/offices", &body).await.expect(StatusCode::CREATED);
    let two = world.service.key("k1").post("/internal/offices", &body).await.expect(StatusCode::CREATED);
    assert_eq!(one, two);
    assert_eq!(one["name"], "Desa Mekarsari");
    let id: OfficeId = one["office_id"].as_str().expect("an id").parse().expect("an id");
    let told: Vec<_> =
        world.test.outbox::<OfficeUpdated>().await.into_iter().filter(|event| event.office.office_id == id).collect();
    assert_eq!(told.len(), 1);

    let changed = world.service.put(&format!("/internal/offices/{id}"), &json!({ "name": "Desa Mekar" })).await;
    assert_eq!(changed.expect(StatusCode::OK)["version"], 2);
    assert_eq!(world.test.outbox::<OfficeUpdated>().await.last().map(|event| event.office.version), Some(2));
    let nowhere = format!("/internal/offices/{}", OfficeId::new());
    world.service.put(&nowhere, &json!({ "name": "x" })).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_bad_field_of_a_person_is_named() {
    let world = World::new().await;
    let body =
        json!({ "username": "a", "name": "", "role": "agent", "password": "pendek", "office_ids": [OfficeId::new()] });
    let problem = world.service.post("/internal/staff", &body).await.expect(StatusCode::BAD_REQUEST);
    let fields: Vec<_> =
        problem["errors"].as_array().expect("errors").iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["username", "name", "password", "office_ids"]);
}

#[tokio::test]
async fn a_username_is_taken_once_and_passwords_are_nowhere() {
    let world = World::new().await;
    let body = json!({ "username": "Siti", "name": "Siti Aminah", "role": "agent", "password": PASSWORD, "office_ids": [OfficeId::FIRST] });
    let made = world.service.key("k").post("/internal/staff", &body).await;
    assert_eq!(made.expect(StatusCode::CREATED)["username"], "siti");
    assert!(!made.text().contains(PASSWORD));
    world.service.key("other").post("/internal/staff", &body).await.expect(StatusCode::CONFLICT);
    let mut tx = world.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency i WHERE i::text LIKE '%hujan%'")
        .fetch_one(&mut *tx)
        .await
        .expect("a count");
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn the_first_person_is_never_made_twice() {
    let world = World::new().await;
    let outcome = dashboard::staff::first::create(
        &world.test.ctx.db,
        &"kedua".parse().expect("a username"),
        "Kedua",
        &PASSWORD.into(),
        world.test.clock.now(),
    )
    .await
    .expect("asked");
    assert_eq!(outcome, dashboard::staff::first::Outcome::SomebodyIsThere);
}
