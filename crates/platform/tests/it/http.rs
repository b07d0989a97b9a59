//! What stands around every route: keys, actors, problems, the standard addresses.

use contracts::OfficeId;
use http::{Method, StatusCode};
use platform::{Daemon, Service};
use testkit::{Api, Test};

use crate::support::{Bare, MIGRATOR, NoConfig};

async fn api() -> (Test, Api) {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let service: Service = Bare::build(test.ctx.clone(), NoConfig {}).expect("a service");
    let api = test.api::<Bare>(service);
    (test, api)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_internal_key_nothing_internal_answers() {
    let (_test, api) = api().await;
    for key in [None, Some(""), Some("wrong"), Some("an internal key for test")] {
        let api = key.map_or_else(|| api.without("x-internal-api-key"), |key| api.with("x-internal-api-key", key));
        let answer = api.get("/internal/dead-letters").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json()["type"], "urn:govconnect:problem:unauthorized");
    }
    api.get("/internal/dead-letters").await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_answers_even_when_what_it_leans_on_is_away() {
    let (test, api) = api().await;
    let health = api.get("/health").await.expect(StatusCode::OK);
    assert_eq!((&health["status"], &health["dependencies"]["broker"]), (&"degraded".into(), &"down".into()));
    assert_eq!(api.call(Method::HEAD, "/health", axum::body::Body::empty()).await.status, StatusCode::OK);
    api.get("/ready").await.expect(StatusCode::OK);
    test.ctx.db.pool().close().await;
    api.get("/health").await.expect(StatusCode::OK);
    assert_eq!(api.get("/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_and_openapi_are_there_and_unknown_addresses_are_problems() {
    let (_test, api) = api().await;
    assert!(api.get("/metrics").await.text().contains("gc_outbox_waiting 0"));
    let openapi = api.get("/openapi.json").await.expect(StatusCode::OK);
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let missing = api.get("/nothing/here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.headers["content-type"], "application/problem+json");
    assert!(missing.json()["request_id"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_on_where_the_caller_was() {
    let (_test, api) = api().await;
    let answer =
        api.with("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").get("/health").await;
    assert_eq!(answer.headers["x-request-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_token_is_good_for_a_minute_and_for_their_office() {
    let (test, api) = api().await;
    let other = test.add_office("Kelurahan Lain").await;
    let token = test.actor("Rina", Some(OfficeId::FIRST), &[]);
    let rina = api.actor(&token);
    rina.office(OfficeId::FIRST).get("/internal/dead-letters").await.expect(StatusCode::OK);
    assert_eq!(rina.office(other).get("/internal/dead-letters").await.status, StatusCode::FORBIDDEN);
    let forged = format!("{}x", &token[..token.len() - 1]);
    assert_eq!(api.actor(&forged).office(other).get("/internal/dead-letters").await.status, StatusCode::UNAUTHORIZED);
    test.clock.advance(chrono::Duration::seconds(61));
    assert_eq!(rina.office(OfficeId::FIRST).get("/internal/dead-letters").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_id_that_is_none_is_named_as_the_bad_field() {
    let (_test, api) = api().await;
    let answer = api.with("x-office-id", "kantor").get("/internal/dead-letters").await;
    assert_eq!(answer.expect(StatusCode::BAD_REQUEST)["errors"][0]["field"], "x-office-id");
}
