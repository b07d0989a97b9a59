//! What an office asks and how long it takes: its own matter, and told to everyone.

use axum::http::StatusCode;
use contracts::events::office::CategoryUpdated;
use contracts::{ContactId, OfficeId};
use serde_json::json;

use crate::world::{World, body_with, fields, number, path};

#[tokio::test]
async fn an_office_adds_renames_and_retires_and_each_change_is_told_whole() {
    let world = World::new().await;
    let new = json!({
        "kategori": "hewan_liar", "name": "Hewan liar", "sla": {"amount": 8, "unit": "working_hours"},
        "fields": [{"field": "hewan", "question": "Hewan apa?", "kind": "text", "required": true}],
    });
    let added = world.api.post("/internal/categories", &new).await.expect(StatusCode::CREATED);
    assert_eq!((&added["position"], &added["version"]), (&json!(14), &json!(1)));
    let again = world.api.post("/internal/categories", &new).await.expect(StatusCode::CONFLICT);
    assert_eq!(again["type"], "urn:govconnect:problem:category-exists");

    let renamed = world
        .api
        .put("/internal/categories/hewan_liar", &json!({"name": "Hewan lepas", "active": false}))
        .await
        .expect(StatusCode::OK);
    assert_eq!((&renamed["name"], &renamed["version"]), (&json!("Hewan lepas"), &json!(2)));
    let told = world.test.outbox::<CategoryUpdated>().await;
    let own: Vec<_> = told.iter().filter(|event| event.kategori.0 == "hewan_liar").collect();
    assert_eq!(own.iter().map(|event| (event.version, event.active)).collect::<Vec<_>>(), [(1, true), (2, false)]);
    assert_eq!(own[0].fields.len(), 1);
    // The thirteen that the office began with were told as well.
    assert_eq!(told.len(), 15);

    let refused = body_with(ContactId::new(), json!({"kategori": "hewan_liar", "fields": {"hewan": "monyet"}}));
    let refused = world.api.post("/internal/complaints", &refused).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&refused), ["kategori"]);
}

#[tokio::test]
async fn answers_are_held_against_the_questions_and_kept() {
    let world = World::new().await;
    let question = json!({"fields": [
        {"field": "tinggi_air", "question": "Setinggi apa?", "kind": "number", "required": true},
        {"field": "sejak", "question": "Sejak kapan?", "kind": "date"},
    ]});
    world.api.put("/internal/categories/drainase_banjir", &question).await.expect(StatusCode::OK);
    let wrong =
        body_with(ContactId::new(), json!({"kategori": "drainase_banjir", "fields": {"sejak": "kemarin", "x": 1}}));
    let wrong = world.api.post("/internal/complaints", &wrong).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&wrong), ["fields.sejak", "fields.x", "fields.tinggi_air"]);

    let answers = json!({"tinggi_air": 40, "sejak": "2026-11-19"});
    let right = body_with(ContactId::new(), json!({"kategori": "drainase_banjir", "fields": answers, "urgent": true}));
    let complaint = world.complaint(&right).await;
    assert_eq!((&complaint["fields"], &complaint["urgent"]), (&answers, &json!(true)));
    let id = number(&complaint);
    let changed = world.moved(id, &json!({"fields": {"tinggi_air": 60, "sejak": null}, "urgent": false})).await;
    assert_eq!((&changed["fields"], &changed["urgent"]), (&json!({"tinggi_air": 60}), &json!(false)));
    let bad =
        world.api.put(&path(id), &json!({"fields": {"tinggi_air": "lutut"}})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&bad), ["fields.tinggi_air"]);

    // In another category nobody asks that: the answer stays in the timeline.
    let moved = world.moved(id, &json!({"kategori": "sampah"})).await;
    assert_eq!(moved.get("fields"), None);
    let detail = world.api.get(&path(id)).await.expect(StatusCode::OK);
    let last = detail["updates"].as_array().and_then(|updates| updates.last()).expect("an entry");
    assert_eq!(last["changes"]["fields.tinggi_air"], json!({"before": 60, "after": null}));
}

#[tokio::test]
async fn a_category_in_hours_is_due_in_hours() {
    let world = World::new().await;
    let hours = json!({"sla": {"amount": 4, "unit": "working_hours"}});
    world.api.put("/internal/categories/pohon", &hours).await.expect(StatusCode::OK);
    let complaint = world.complaint(&body_with(ContactId::new(), json!({"kategori": "pohon"}))).await;
    let sla = contracts::category::Sla { amount: 4, unit: contracts::category::SlaUnit::WorkingHours };
    let created = complaint["created_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    let due = case_service::complaints::due::due_at(
        created,
        sla,
        chrono::Duration::zero(),
        &case_service::calendar::Calendar::default(),
    );
    assert_eq!(complaint["due_at"].as_str().and_then(|at| at.parse().ok()), Some(due));
}

#[tokio::test]
async fn a_stale_or_unpermitted_change_changes_nothing() {
    let world = World::new().await;
    let body = json!({"name": "Jalan"});
    let stale = world.api.with("if-match", "\"7\"");
    stale.put("/internal/categories/jalan_rusak", &body).await.expect(StatusCode::PRECONDITION_FAILED);
    world.api.put("/internal/categories/tidak_ada", &body).await.expect(StatusCode::NOT_FOUND);
    let agent = world.api.actor(&world.test.actor("agen", Some(OfficeId::FIRST), &["complaint.update"]));
    agent.put("/internal/categories/jalan_rusak", &body).await.expect(StatusCode::FORBIDDEN);
    let page = world.api.get("/internal/categories").await.expect(StatusCode::OK);
    assert_eq!(page["data"][0]["name"], "Jalan rusak");
}
