//! An office loads the names of its areas, and texts are read with them.

use axum::body::Body;
use contracts::OfficeId;
use http::{Method, StatusCode};
use serde_json::json;

use crate::world::World;

const TABLE: &str = "kode,level,nama\n33.74.05,kecamatan,Genuk\n33.74.05.1001,kelurahan_desa,Muktiharjo Lor\n";

#[tokio::test]
async fn loaded_names_are_found_without_their_word_and_by_no_other_office() {
    let world = World::new().await;
    let other = world.test.add_office("Desa Lain").await;
    let list = json!([{"code": "33.74.05", "name": "Genuk"}, {"code": "33.74.05.1001", "name": "Muktiharjo Lor"}]);
    let ours = world.api().office(OfficeId::FIRST);
    assert_eq!(ours.put("/internal/areas", &list).await.expect(StatusCode::OK)["areas"], 2);
    assert_eq!(ours.get("/internal/areas").await.expect(StatusCode::OK), list);

    let question = json!({"wa_user_id": "6281234567890", "message": "banjir di muktiharjo lor", "dry_run": true});
    let answer = ours.post("/internal/process-message", &question).await.expect(StatusCode::OK);
    assert_eq!(answer["entities"]["kelurahan"], "Muktiharjo Lor");
    assert_eq!(answer["entities"]["kecamatan"], "Genuk");

    let theirs = world.api().office(other);
    assert_eq!(theirs.get("/internal/areas").await.expect(StatusCode::OK), json!([]));
    let answer = theirs.post("/internal/process-message", &question).await.expect(StatusCode::OK);
    assert_eq!(answer["entities"]["kelurahan"], json!(null));

    ours.put("/internal/areas", &json!([])).await.expect(StatusCode::OK);
    let answer = ours.post("/internal/process-message", &question).await.expect(StatusCode::OK);
    assert_eq!(answer["entities"]["kelurahan"], json!(null), "an empty list takes them away");
}

#[tokio::test]
async fn the_official_table_is_taken_and_a_bad_line_is_named() {
    let world = World::new().await;
    let api = world.api().with("content-type", "text/csv; charset=utf-8");
    let put = |body: &'static str| api.call(Method::PUT, "/internal/areas", Body::from(body));
    assert_eq!(put(TABLE).await.expect(StatusCode::OK)["areas"], 2);
    put("kode,nama\n33.74.05,Genuk\nx,y\n").await.expect(StatusCode::BAD_REQUEST);
    let areas = world.api().get("/internal/areas").await.expect(StatusCode::OK);
    assert_eq!(areas[1]["name"], "Muktiharjo Lor", "a refused table changes nothing");
}

#[tokio::test]
async fn a_person_needs_the_permission() {
    let world = World::new().await;
    let list = json!([{"code": "33.74.05", "name": "Genuk"}]);
    let without = world.test.actor("budi", None, &[]);
    world.api().actor(&without).put("/internal/areas", &list).await.expect(StatusCode::FORBIDDEN);
    let with = world.test.actor("siti", None, &["office.manage"]);
    world.api().actor(&with).put("/internal/areas", &list).await.expect(StatusCode::OK);
}
