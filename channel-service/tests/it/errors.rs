//! What the Graph API refuses, code by code: what becomes of the message, and of the number.

use axum::http::StatusCode;
use chrono::Duration;
use contracts::events::office::NumberUpdated;
use contracts::permissions::MANAGE_OFFICE;
use serde_json::{Value, json};

use crate::graph::Stub;
use crate::stage::{NUMBER, Stage, word};

/// The classes of the codes as Meta's list has them; `M` is the account's fault for one sort of message only.
#[rustfmt::skip]
const CODES: &[(i64, char)] = &[
    (0, 'A'), (1, 'R'), (2, 'R'), (3, 'A'), (4, 'W'), (10, 'A'), (33, 'A'), (100, 'F'), (190, 'A'), (200, 'A'), (299, 'A'),
    (368, 'A'), (80_007, 'W'), (130_403, 'U'), (130_429, 'R'), (130_472, 'U'), (130_497, 'U'), (130_501, 'F'), (131_000, 'R'),
    (131_005, 'A'), (131_008, 'F'), (131_009, 'F'), (131_014, 'R'), (131_016, 'R'), (131_020, 'F'), (131_021, 'F'),
    (131_026, 'U'), (131_030, 'F'), (131_031, 'A'), (131_037, 'A'), (131_042, 'A'), (131_044, 'M'), (131_045, 'A'),
    (131_047, 'U'), (131_048, 'A'), (131_049, 'W'), (131_050, 'U'), (131_051, 'F'), (131_053, 'R'), (131_055, 'F'),
    (131_056, 'R'), (131_057, 'W'), (131_062, 'F'), (131_063, 'M'), (131_064, 'W'), (132_000, 'F'), (132_001, 'F'),
    (132_005, 'F'), (132_007, 'F'), (132_008, 'F'), (132_012, 'F'), (132_015, 'W'), (132_016, 'F'), (132_018, 'F'),
    (132_068, 'F'), (132_069, 'W'), (133_000, 'A'), (133_004, 'R'), (133_005, 'F'), (133_006, 'A'), (133_008, 'W'),
    (133_009, 'W'), (133_010, 'A'), (133_015, 'W'), (133_016, 'W'), (134_011, 'M'), (134_100, 'F'), (134_101, 'W'),
    (134_102, 'M'), (135_000, 'F'), (137_000, 'U'), (2_494_100, 'R'), (999_999, 'F'),
];

fn refusal(code: i64) -> Value {
    json!({"error": {"message": format!("(#{code}) no"), "code": code, "error_data": {"details": "why"}, "fbtrace_id": "A"}})
}

/// A template goes out whatever the time.
async fn template(stage: &Stage, citizen: &str, name: &str) -> String {
    let call =
        json!({"wa_user_id": citizen, "type": "template", "template": {"name": name, "language": {"code": "id"}}});
    word(&stage.api.post("/internal/messages/send", &call).await.expect(StatusCode::ACCEPTED), "message_id")
}

async fn last(stage: &Stage, citizen: &str) -> Value {
    stage.messages(citizen).await.pop().expect("a message")
}

async fn refused(stage: &Stage, stub: &Stub, code: i64) -> (String, Value) {
    let citizen = format!("62812{code:08}");
    template(stage, &citizen, "kabar").await;
    stub.next(400, refusal(code));
    stage.driver.send().await.expect("a round");
    let message = last(stage, &citizen).await;
    (citizen, message)
}

#[tokio::test]
async fn every_code_does_what_it_means() {
    let (stage, stub) = Stage::with_stub().await;
    for (code, class) in CODES {
        let calls = stub.log().len();
        let (citizen, message) = refused(&stage, &stub, *code).await;
        assert_eq!(stub.log().len(), calls + 1, "{code}");
        let explained = word(&message, "error");
        assert!(explained.contains(&format!("({code} ")) && explained.contains("why"), "{code}: {explained}");
        let number = stage.number().await;
        assert_eq!(number["problem_code"] == json!(code), *class == 'A', "{code}: {number}");
        match class {
            'R' | 'W' => {
                assert_eq!(message["status"], "queued", "{code}");
                stage.send().await;
                assert_eq!(stub.log().len(), calls + 1, "{code} is not tried again at once");
                stage.test.clock.advance(Duration::hours(25));
                stage.send().await;
                assert_eq!(last(&stage, &citizen).await["status"], "sent", "{code}");
            }
            'A' => {
                assert_eq!(message["status"], "queued", "{code}: the message is not at fault");
                stage.test.clock.advance(Duration::hours(25));
                stage.send().await;
                assert_eq!(stub.log().len(), calls + 1, "{code}: nothing of the number goes out");
                stage.api.post(&format!("/internal/numbers/{NUMBER}/resume"), &json!({})).await.expect(StatusCode::OK);
                stage.send().await;
                assert_eq!(last(&stage, &citizen).await["status"], "sent", "{code}");
            }
            _ => {
                assert_eq!(message["status"], "failed", "{code}");
                stage.test.clock.advance(Duration::hours(25));
                stage.send().await;
                assert_eq!(stub.log().len(), calls + 1, "{code} is never tried again by itself");
            }
        }
    }
}

#[tokio::test]
async fn a_stopped_number_is_told_and_seen_and_its_messages_wait() {
    let (stage, stub) = Stage::with_stub().await;
    let (citizen, _) = refused(&stage, &stub, 190).await;
    template(&stage, "6281277777777", "lain").await;
    stage.send().await;
    assert_eq!(stub.log().len(), 1, "nothing more is sent");
    assert_eq!(last(&stage, "6281277777777").await["status"], "queued");
    let number = stage.number().await;
    assert!(word(&number, "problem").contains("Token") && number["problem_since"].is_string(), "{number}");
    let told = stage.test.outbox::<NumberUpdated>().await;
    assert!(told.iter().any(|event| event.problem.as_deref().is_some_and(|why| why.contains("190"))), "{told:?}");
    let metrics = stage.test.ctx.metrics.render().expect("metrics");
    assert!(metrics.contains("gc_channel_numbers_stopped 1") && metrics.contains("gc_channel_number_stops_total 1"));

    let agent = stage.person("Budi", &[]);
    let resume = format!("/internal/numbers/{NUMBER}/resume");
    assert_eq!(agent.post(&resume, &json!({})).await.status, StatusCode::FORBIDDEN);
    stage.person("Ani", &[MANAGE_OFFICE]).post(&resume, &json!({})).await.expect(StatusCode::OK);
    stage.send().await;
    assert_eq!((stub.log().len(), last(&stage, &citizen).await["status"].clone()), (3, json!("sent")));
    assert_eq!(stage.number().await["problem"], Value::Null);
    assert_eq!(stage.test.outbox::<NumberUpdated>().await.last().expect("told").problem, None);
    assert_eq!(stage.api.post("/internal/numbers/31337/resume", &json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_token_lets_a_number_go_on() {
    let (stage, stub) = Stage::with_stub().await;
    let (citizen, _) = refused(&stage, &stub, 190).await;
    let put = format!("/internal/numbers/{NUMBER}");
    stage.api.put(&put, &json!({"rate_per_second": 20})).await.expect(StatusCode::OK);
    stage.send().await;
    assert_eq!(last(&stage, &citizen).await["status"], "queued", "another rate mends no token");
    let number = stage.api.put(&put, &json!({"access_token": "EAAG-baru"})).await.expect(StatusCode::OK);
    assert_eq!((&number["problem"], &number["has_own_token"]), (&Value::Null, &json!(true)));
    stage.send().await;
    assert_eq!(last(&stage, &citizen).await["status"], "sent");
    let bad = stage.api.put(&put, &json!({"rate_per_second": 0})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(bad["errors"][0]["field"], "rate_per_second");
    assert_eq!(stage.api.put("/internal/numbers/31337", &json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_token_in_the_environment_lets_it_go_on_after_the_restart() {
    let (stage, stub) = Stage::with_stub().await;
    let (citizen, _) = refused(&stage, &stub, 190).await;
    stage.test.clock.advance(Duration::seconds(11));
    for (token, status) in [("simulator-access-token", "queued"), ("another token", "sent")] {
        let mut ctx = stage.test.ctx.clone();
        ctx.metrics = platform::metrics::Metrics::new().expect("metrics");
        let config = channel_service::Config {
            whatsapp_access_token: token.into(),
            ..crate::stage::config(stub.url.as_ref().expect("it is served"))
        };
        let (restarted, _) = channel_service::Driver::build(ctx, config).await.expect("a service");
        for _ in 0..2 {
            stage.test.clock.advance(Duration::seconds(11));
            restarted.send().await.expect("a round");
        }
        stage.test.clock.advance(Duration::seconds(2));
        restarted.send().await.expect("a round");
        assert_eq!(last(&stage, &citizen).await["status"], status, "{token}");
    }
}

#[tokio::test]
async fn an_inactive_number_keeps_what_is_queued() {
    let (stage, stub) = Stage::with_stub().await;
    template(&stage, "6281277777777", "kabar").await;
    let put = format!("/internal/numbers/{NUMBER}");
    stage.api.put(&put, &json!({"active": false})).await.expect(StatusCode::OK);
    stage.send().await;
    assert!(stub.log().is_empty());
    stage.api.put(&put, &json!({"active": true})).await.expect(StatusCode::OK);
    stage.send().await;
    assert_eq!(stub.log(), ["template"]);
}

#[tokio::test]
async fn a_failure_of_the_account_that_is_reported_afterwards_stops_the_number_too() {
    let (stage, stub) = Stage::with_stub().await;
    template(&stage, "6281277777777", "kabar").await;
    stage.send().await;
    let status = |code: i64| {
        json!({"statuses": [{"id": "wamid.stub.1", "status": "failed", "timestamp": stage.seconds().to_string(),
                             "errors": [{"code": code, "title": "no"}]}]})
    };
    stage.delivers(&[crate::stage::value(NUMBER, &status(131_042))]).await;
    assert_eq!(last(&stage, "6281277777777").await["status"], "failed");
    assert_eq!(stage.number().await["problem_code"], 131_042);
    template(&stage, "6281277777777", "lagi").await;
    stage.send().await;
    assert_eq!(stub.log().len(), 1, "nothing more is sent");
}
