//! At which pace messages leave, and who sends them.

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use contracts::message::MessageStatus;
use serde_json::json;

use crate::graph::Phones;
use crate::stage::{CITIZEN, NUMBER, Stage, word};

async fn with_limits() -> (Stage, Phones) {
    let (stage, phones) = Stage::with_phones().await;
    phones
        .sim
        .put("/sim/settings", &json!({"pair_limit": true, "throughput_per_second": 80}))
        .await
        .expect(StatusCode::OK);
    (stage, phones)
}

/// How often WhatsApp refused the number something.
async fn refusals(phones: &Phones) -> String {
    phones.sim.get("/sim/stats").await.json()["senders"][NUMBER]["refused"].to_string()
}

#[tokio::test]
async fn sixty_rapid_messages_to_one_citizen_leave_at_the_legal_pace_and_in_order() {
    let (stage, phones) = with_limits().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let lines: Vec<String> = (1..=60).map(|n| format!("kabar {n}")).collect();
    for line in &lines {
        stage.sends(CITIZEN, line).await;
    }
    let mut left: Vec<DateTime<Utc>> = Vec::new();
    // The burst: one look sends one message of a conversation.
    for _ in 0..60 {
        stage.driver.send().await.expect("a round");
    }
    let mut steps = 0;
    loop {
        let shown = phones.texts(CITIZEN).await.len();
        left.resize(shown, stage.test.clock.now());
        if shown == 60 {
            break;
        }
        steps += 1;
        assert!(steps < 400, "{shown} of 60 after {steps} steps");
        stage.pass(&phones, Duration::milliseconds(300)).await;
    }
    assert_eq!(phones.texts(CITIZEN).await, lines, "in order");
    assert_eq!(left.iter().filter(|at| **at == left[0]).count(), 45, "a burst of 45");
    let gaps: Vec<Duration> = left[44..].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps.len(), 15);
    assert!(gaps.iter().all(|gap| *gap >= Duration::seconds(6) && *gap <= Duration::milliseconds(6_600)), "{gaps:?}");
    assert_eq!(refusals(&phones).await, "{}", "WhatsApp had nothing to refuse");
}

#[tokio::test]
async fn answers_that_would_wait_go_out_as_one_text_and_share_its_fate() {
    let (stage, phones) = with_limits().await;
    stage.hears(CITIZEN, "w0", "halo").await;
    for n in 0..44 {
        stage.sends(CITIZEN, &format!("kabar {n}")).await;
    }
    for _ in 0..45 {
        stage.driver.send().await.expect("a round");
    }
    stage.quiet().await;
    for n in ["satu", "dua", "tiga"] {
        let turn = stage.turns().await.pop().expect("a turn");
        stage.answers(&turn, n).await;
        stage.hears(CITIZEN, &format!("w-{n}"), "lagi").await;
        stage.quiet().await;
    }
    stage.send().await;
    let shown = phones.texts(CITIZEN).await;
    assert_eq!(shown.last().map(String::as_str), Some("satu\n\ndua\n\ntiga"), "the last token carries all of them");
    let out = stage.out(CITIZEN).await;
    assert_eq!(
        out[44..].iter().map(|(text, status)| (text.as_str(), status.as_str())).collect::<Vec<_>>(),
        [("satu", "sent"), ("dua", "sent"), ("tiga", "sent")],
        "each is still a message of its own"
    );
    let wamid =
        word(&stage.messages(CITIZEN).await.iter().find(|m| m["text"] == "satu").expect("one").clone(), "wamid");
    stage.reports(&wamid, "delivered", None).await;
    assert!(stage.out(CITIZEN).await[44..].iter().all(|(_, status)| status == "delivered"));
    let told = stage.test.outbox::<contracts::events::conversation::StatusChanged>().await;
    assert_eq!(told.iter().filter(|event| event.status == MessageStatus::Delivered).count(), 3);
}

#[tokio::test]
async fn a_number_keeps_its_rate_and_another_number_does_not_wait_for_it() {
    let (stage, stub) = Stage::with_stub().await;
    stage.api.put(&format!("/internal/numbers/{NUMBER}"), &json!({"rate_per_second": 3})).await.expect(StatusCode::OK);
    stage.api.post("/internal/numbers", &json!({"phone_number_id": "777"})).await.expect(StatusCode::CREATED);
    for n in 0..8 {
        let citizen = format!("62812000000{n:02}");
        stage.hears(&citizen, &format!("w{n}"), "halo").await;
        stage.sends(&citizen, &format!("lambat {n}")).await;
    }
    let at = stage.seconds();
    let body =
        crate::stage::value("777", &json!({"messages": [crate::stage::text("6281399999999", "w-b", at, "halo")]}));
    stage.delivers(&[body]).await;
    stage.sends("6281399999999", "cepat").await;
    stage.send().await;
    let log = stub.log();
    assert_eq!(log.iter().filter(|line| line.starts_with("lambat")).count(), 3, "{log:?}");
    assert!(log.contains(&"cepat".to_owned()), "{log:?}");
    stage.test.clock.advance(Duration::seconds(1));
    stage.send().await;
    assert_eq!(stub.log().iter().filter(|line| line.starts_with("lambat")).count(), 6);
}

#[tokio::test]
async fn one_instance_sends_for_a_number_and_another_goes_on_when_it_is_gone() {
    let (stage, phones) = Stage::with_phones().await;
    let mut ctx = stage.test.ctx.clone();
    ctx.metrics = platform::metrics::Metrics::new().expect("metrics");
    let (second, _) = Stage::drive(&stage.test, ctx, &phones.url).await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "dari yang pertama").await;
    stage.send().await;
    stage.sends(CITIZEN, "dari yang kedua").await;
    for _ in 0..3 {
        second.send().await.expect("a round");
        stage.test.clock.advance(Duration::seconds(3));
    }
    assert_eq!(phones.texts(CITIZEN).await, ["dari yang pertama"], "its lease is good for ten seconds");
    // The first instance is gone: it renews nothing.
    for _ in 0..4 {
        stage.test.clock.advance(Duration::seconds(1));
        second.send().await.expect("a round");
    }
    assert_eq!(phones.texts(CITIZEN).await, ["dari yang pertama", "dari yang kedua"]);
    stage.sends(CITIZEN, "sekali").await;
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await.len(), 2, "now the first one waits");
    second.send().await.expect("a round");
    assert_eq!(phones.texts(CITIZEN).await.len(), 3);
}

#[tokio::test]
async fn what_can_wait_waits_until_the_quiet_hours_are_over_and_holds_nobody_up() {
    let (stage, phones) = Stage::with_phones().await;
    stage
        .settings(|office| {
            let hour = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
            // It is nine in the morning in Jakarta.
            office.quiet_hours = Some(contracts::office::QuietHours { from: hour(8), to: hour(10) });
        })
        .await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let wait = json!({"wa_user_id": CITIZEN, "type": "text", "can_wait": true, "text": {"body": "kabar mingguan"}});
    stage.api.post("/internal/messages/send", &wait).await.expect(StatusCode::ACCEPTED);
    stage.sends(CITIZEN, "jawaban").await;
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await, ["jawaban"], "nothing waits behind it");
    stage.test.clock.advance(Duration::minutes(61));
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await, ["jawaban", "kabar mingguan"]);
}
