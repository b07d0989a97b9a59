//! `GET /internal/analytics`.

use chrono::Duration;
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

#[tokio::test]
async fn days_are_jakartas_and_every_one_of_them_is_there() {
    let world = World::new().await;
    world.says(WHOLE).await;
    // Friday 09:00 in Jakarta; fifteen hours later it is Saturday there, and still Friday in Greenwich.
    world.test.clock.advance(Duration::hours(15));
    world.says("terima kasih").await;
    world.says("saya mau bicara dengan petugas").await;
    let answer = world.api().get("/internal/analytics?from=2026-11-19&to=2026-11-21").await.expect(StatusCode::OK);
    let days: Vec<_> = answer["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| {
            (
                day["day"].as_str().unwrap_or_default(),
                day["turns"].as_i64(),
                day["handed_off"].as_i64(),
                day["containment"].as_f64(),
            )
        })
        .collect();
    let expected = [
        ("2026-11-19", Some(0), Some(0), None),
        ("2026-11-20", Some(1), Some(0), Some(1.0)),
        ("2026-11-21", Some(2), Some(1), Some(0.5)),
    ];
    assert_eq!(days, expected);
    let friday = world.api().get("/internal/analytics?from=2026-11-20&to=2026-11-20").await.expect(StatusCode::OK);
    assert_eq!(friday["turns"], 1);
}

#[tokio::test]
async fn a_span_without_anything_is_empty_and_right() {
    let world = World::new().await;
    let answer = world.api().get("/internal/analytics?from=2020-01-01&to=2020-01-02").await.expect(StatusCode::OK);
    assert_eq!(
        (&answer["turns"], &answer["containment"], &answer["latency_ms"], &answer["fallbacks"], &answer["unanswered"]),
        (&json!(0), &json!(null), &json!({"p50": null, "p95": null}), &json!(0), &json!(0))
    );
    for list in ["intents", "outcomes", "providers", "failures", "tokens"] {
        assert_eq!(answer[list], json!([]), "{list}");
    }
    assert_eq!(answer["days"].as_array().map(Vec::len), Some(2));
}
