//! Sending on behalf of staff and services: what is refused, what is tried again, and in which order it leaves.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};

use crate::stage::{CITIZEN, NUMBER, Stage, nobody, word};

const SEND: &str = "/internal/messages/send";

fn line(text: &str) -> Value {
    json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": text}})
}

#[tokio::test]
async fn throttling_is_tried_again_and_the_order_is_kept() {
    for code in [131_056, 130_429] {
        let (stage, phones) = Stage::with_phones().await;
        stage.hears(CITIZEN, "w1", "halo").await;
        stage.sends(CITIZEN, "pertama").await;
        stage.sends(CITIZEN, "kedua").await;
        phones.faults(json!({"send_error": {"code": code}})).await;
        stage.send().await;
        phones.faults(json!({})).await;
        stage.send().await;
        assert!(
            phones.shows(CITIZEN).await.is_empty(),
            "neither goes before its time, and the second not before the first"
        );
        stage.test.clock.advance(Duration::seconds(2));
        stage.send().await;
        assert_eq!(phones.texts(CITIZEN).await, ["pertama", "kedua"], "{code}");
    }
}

#[tokio::test]
async fn what_can_not_go_out_fails_with_its_reason_and_lets_the_next_one_go() {
    for code in [131_026, 131_063, 100] {
        let (stage, phones) = Stage::with_phones().await;
        stage.hears(CITIZEN, "w1", "halo").await;
        stage.sends(CITIZEN, "pertama").await;
        phones.faults(json!({"send_error": {"code": code}})).await;
        stage.driver.send().await.expect("a round");
        phones.faults(json!({})).await;
        let message = stage.messages(CITIZEN).await.pop().expect("a message");
        assert_eq!(message["status"], "failed");
        assert!(word(&message, "error").contains(&code.to_string()), "{message}");
        stage.sends(CITIZEN, "kedua").await;
        stage.test.clock.advance(Duration::hours(1));
        stage.send().await;
        assert_eq!(phones.texts(CITIZEN).await, ["kedua"], "{code} is not tried again");
    }
}

#[tokio::test]
async fn retries_end() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "pertama").await;
    phones.faults(json!({"send_error": {"code": 131_000}})).await;
    for _ in 0..6 {
        stage.send().await;
        stage.test.clock.advance(Duration::minutes(6));
    }
    assert_eq!(stage.out(CITIZEN).await[0].1, "failed");
    assert_eq!(
        phones.sim.get("/sim/stats").await.json()["senders"][NUMBER]["refused"]["131000"],
        4,
        "{}",
        phones.sim.get("/sim/stats").await.text()
    );
}

#[tokio::test]
async fn an_outage_of_the_way_to_whatsapp_uses_up_no_tries() {
    let (stage, phones) = Stage::with_phones().await;
    let (away, _) = {
        let mut ctx = stage.test.ctx.clone();
        ctx.metrics = platform::metrics::Metrics::new().expect("metrics");
        Stage::drive(&stage.test, ctx, &nobody()).await
    };
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "pertama").await;
    for _ in 0..20 {
        away.send().await.expect("a round");
        stage.test.clock.advance(Duration::seconds(16));
    }
    assert_eq!(stage.out(CITIZEN).await[0].1, "queued");
    phones.faults(json!({"send_error": {"code": 131_000}})).await;
    stage.driver.send().await.expect("a round");
    phones.faults(json!({})).await;
    stage.test.clock.advance(Duration::seconds(5));
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await, ["pertama"]);
}

#[tokio::test]
async fn after_24_hours_only_a_template_is_taken() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.test.clock.advance(Duration::hours(23));
    assert_eq!(stage.api.post(SEND, &line("masih")).await.status, StatusCode::ACCEPTED);
    stage.test.clock.advance(Duration::hours(1));
    let closed = stage.api.post(SEND, &line("terlambat")).await.expect(StatusCode::CONFLICT);
    assert!(word(&closed, "type").ends_with("window-closed"), "{closed}");
    let template =
        json!({"wa_user_id": CITIZEN, "type": "template", "template": {"name": "kabar", "language": {"code": "id"}}});
    assert_eq!(stage.api.post(SEND, &template).await.status, StatusCode::ACCEPTED);
    let stranger = json!({"wa_user_id": "6287700000001", "type": "text", "text": {"body": "halo"}});
    assert_eq!(
        stage.api.post(SEND, &stranger).await.status,
        StatusCode::CONFLICT,
        "who never wrote has no open window"
    );
}

#[tokio::test]
async fn the_same_key_sends_once_and_answers_twice() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let keyed = stage.api.key("kunci-1");
    let first = keyed.post(SEND, &line("sekali")).await;
    let again = keyed.post(SEND, &line("sekali")).await;
    assert_eq!((first.status, again.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(first.json(), again.json());
    assert_eq!(keyed.post(SEND, &line("lain")).await.status, StatusCode::CONFLICT);
    assert_eq!(stage.out(CITIZEN).await.len(), 1);

    let racing = stage.api.key("kunci-2");
    let racing_line = line("berlomba");
    let racers = futures_util::future::join_all((0..8).map(|_| racing.post(SEND, &racing_line))).await;
    let ids: std::collections::HashSet<String> =
        racers.iter().map(|answer| word(&answer.expect(StatusCode::ACCEPTED), "message_id")).collect();
    assert_eq!((ids.len(), stage.out(CITIZEN).await.len()), (1, 2));
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    for (call, fields) in [
        (json!({}), vec!["contact_id", "type"]),
        (
            json!({"type": "text", "wa_user_id": "bukan", "text": {"body": ""}, "warna": 1}),
            vec!["wa_user_id", "text.body", "warna"],
        ),
        (json!({"type": "fax", "contact_id": "0192a000-0000-7000-8000-000000000000"}), vec!["type"]),
        (json!({"type": "text", "wa_user_id": CITIZEN, "text": {"body": "a".repeat(4097)}}), vec!["text.body"]),
        (json!({"type": "image", "wa_user_id": CITIZEN}), vec!["image"]),
        (
            json!({"type": "text", "contact_id": "0192a000-0000-7000-8000-000000000000", "text": {"body": "a"}}),
            vec!["contact_id"],
        ),
        (
            json!({"type": "text", "wa_user_id": CITIZEN, "phone_number_id": "31337", "text": {"body": "a"}}),
            vec!["phone_number_id"],
        ),
    ] {
        let bad = stage.api.post(SEND, &call).await.expect(StatusCode::BAD_REQUEST);
        let mut named: Vec<String> =
            bad["errors"].as_array().expect("errors").iter().map(|error| word(error, "field")).collect();
        let mut expected = fields;
        named.sort();
        expected.sort_unstable();
        assert_eq!(named, expected, "{call} {bad}");
    }
    assert!(stage.out(CITIZEN).await.is_empty());
}

#[tokio::test]
async fn many_sends_at_once_do_not_exhaust_the_database() {
    let (stage, stub) = Stage::with_stub().await;
    let citizens: Vec<String> = (0..40).map(|n| format!("62812{n:07}")).collect();
    for citizen in &citizens {
        stage.hears(citizen, &format!("w-{citizen}"), "halo").await;
    }
    let bodies: Vec<Value> = citizens
        .iter()
        .map(|citizen| json!({"wa_user_id": citizen, "type": "text", "text": {"body": "halo"}}))
        .collect();
    let answers = futures_util::future::join_all(bodies.iter().map(|body| stage.api.post(SEND, body))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::ACCEPTED), "{answers:?}");
    stage.driver.send().await.expect("a round");
    assert_eq!(stub.log().len(), 40);
}
