//! `/analytics`: numbers of two services, each of which may be away.

use contracts::OfficeId;
use http::StatusCode;
use serde_json::json;
use wiremock::matchers::{header, header_exists, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::forms::{count, text};
use crate::world::World;

async fn counts(world: &World) {
    let body = json!({
        "from": "2026-11-14", "to": "2026-11-20", "turns": 42,
        "intents": [
            { "day": "2026-11-19", "intent": "KNOWLEDGE_QUERY", "turns": 20 },
            { "day": "2026-11-20", "intent": "KNOWLEDGE_QUERY", "turns": 12 },
            { "day": "2026-11-20", "intent": "CREATE_COMPLAINT", "turns": 10 }
        ],
        "outcomes": [{ "outcome": "replied", "turns": 40 }, { "outcome": "handed_off", "turns": 2 }],
        "providers": [{ "provider": "builtin", "turns": 42 }],
        "fallbacks": 4, "unanswered": 5,
        "failures": [{ "provider": "gemini", "purpose": "understand", "reason": "deadline", "calls": 4 }],
        "tokens": [{ "provider": "gemini", "model": "gemini-2.5-flash", "purpose": "answer", "calls": 9, "input_tokens": 4_100, "output_tokens": 700 }],
        "days": [
            { "day": "2026-11-19", "turns": 20, "handed_off": 1, "containment": 0.95, "p50": 30.0, "p95": 90.0, "unanswered": 2 },
            { "day": "2026-11-20", "turns": 22, "handed_off": 1, "containment": 0.954, "p50": 41.0, "p95": 1240.0, "unanswered": 3 }
        ],
        "containment": 0.952, "latency_ms": { "p50": 38.0, "p95": 1240.0 }
    });
    Mock::given(method("GET"))
        .and(path("/internal/analytics"))
        .and(query_param("from", "2026-11-14"))
        .and(query_param("to", "2026-11-20"))
        .and(header("x-office-id", OfficeId::FIRST.to_string().as_str()))
        .and(header_exists("x-actor"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&world.ai)
        .await;
}

#[tokio::test]
async fn a_week_is_shown_in_numbers_and_columns_to_whoever_may_read() {
    let world = World::new().await;
    counts(&world).await;
    world.has_complaint(OfficeId::FIRST, "LAP-20261120-001", "lubang").await;
    world.add_person("pemantau", "viewer", &[OfficeId::FIRST]).await;
    let browser = world.browser("pemantau").await;
    let page = browser.get("/analytics?from=2026-11-14&to=2026-11-20").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.text();
    for (name, value) in [
        ("turns", "42"),
        ("containment", "95 %"),
        ("p50", "38 ms"),
        ("p95", "1,2 detik"),
        ("fallbacks", "4"),
        ("unanswered", "5"),
        ("complaints", "7"),
    ] {
        assert_eq!(text(&html, &format!("figure-{name}")), value);
    }
    for part in ["Melapor", "Dialihkan ke petugas", "19 Nov: 20 giliran", "gemini-2.5-flash", "tenggat terlewat"] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let columns = html
        .split("data-testid=\"turns-by-day\"")
        .nth(1)
        .and_then(|rest| rest.split("</svg>").next())
        .expect("columns");
    assert_eq!(count(columns, "<title>"), 7, "one column a day, empty ones too");
    assert!(!html.contains("style=\""), "the policy allows no inline style");
}

#[tokio::test]
async fn without_one_service_the_others_part_is_there() {
    let world = World::new().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(409)).mount(&world.cases).await;
    counts(&world).await;
    let html = world.browser("admin").await.get("/analytics?from=2026-11-14&to=2026-11-20").await.text();
    assert_eq!(text(&html, "figure-turns"), "42");
    assert_eq!(count(&html, "data-testid=\"error-banner\""), 1);
}
