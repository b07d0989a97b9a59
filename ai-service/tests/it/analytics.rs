//! `GET /internal/analytics`.

use http::StatusCode;
use serde_json::json;

use crate::world::{WHOLE, World};

#[tokio::test]
async fn turns_are_counted_by_day_outcome_and_provider() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    world.says("ya").await;
    world.says("saya mau bicara dengan petugas").await;
    let answer = world.api().get("/internal/analytics").await.expect(StatusCode::OK);
    assert_eq!((&answer["turns"], &answer["to"]), (&json!(3), &json!("2026-11-20")));
    assert_eq!(answer["providers"], json!([{"provider": "builtin", "turns": 3}]));
    let outcomes: Vec<&str> =
        answer["outcomes"].as_array().expect("list").iter().filter_map(|o| o["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["answered", "complaint_created", "handed_off"]);
    assert!(answer["containment"].as_f64().is_some_and(|share| (share - 2.0 / 3.0).abs() < 1e-9), "{answer}");
    assert!(answer["intents"].as_array().is_some_and(|list| list.iter().any(|i| i["intent"] == "HUMAN_HANDOFF")));

    let other = world.test.add_office("Desa Lain").await;
    let theirs = world.api().office(other).get("/internal/analytics").await.expect(StatusCode::OK);
    assert_eq!((&theirs["turns"], &theirs["containment"]), (&json!(0), &json!(null)));
    world.api().get("/internal/analytics").await.expect(StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_span_that_ends_before_it_begins_is_refused() {
    let world = World::new().await;
    world.api().get("/internal/analytics?from=2026-11-20&to=2026-11-19").await.expect(StatusCode::BAD_REQUEST);
    world.api().get("/internal/analytics?from=gestern").await.expect(StatusCode::BAD_REQUEST);
}
