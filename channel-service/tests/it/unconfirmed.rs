//! Sent once, or a person knows: sends whose answer never came.

use std::pin::pin;

use chrono::Duration;
use contracts::events::conversation::StatusChanged;
use contracts::message::MessageStatus;
use serde_json::json;

use crate::running::Running;
use crate::stage::{CITIZEN, Stage, listed, word};

const OTHER: &str = "6281299999999";

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_status_and_the_citizen_reads_it_once() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let id = stage.sends(CITIZEN, "sekali saja").await;
    phones.faults(json!({"drop_responses": true})).await;
    stage.driver.send().await.expect("a round");
    phones.faults(json!({})).await;
    assert_eq!(stage.out(CITIZEN).await[0].1, "unconfirmed");
    stage.send().await;
    let shown = phones.shows(CITIZEN).await;
    assert_eq!(shown.len(), 1);

    stage.reports(&word(&shown[0], "wamid"), "delivered", Some(&id)).await;
    stage.test.clock.advance(Duration::minutes(5));
    stage.reports("wamid.other", "read", None).await;
    stage.driver.sweep().await.expect("a sweep");
    stage.send().await;
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!((&message["status"], &message["wamid"]), (&json!("delivered"), &shown[0]["wamid"]));
    assert_eq!(phones.shows(CITIZEN).await.len(), 1);
}

#[tokio::test]
async fn while_whatsapp_reports_nothing_at_all_nothing_is_sent_again() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "satu").await;
    stub.next(502, json!("bad gateway"));
    stage.driver.send().await.expect("a round");
    stage.test.clock.advance(Duration::hours(2));
    stage.driver.sweep().await.expect("a sweep");
    stage.send().await;
    assert_eq!((stub.log().len(), stage.out(CITIZEN).await[0].1.as_str()), (1, "unconfirmed"));
}

#[tokio::test]
async fn what_stays_silent_beside_others_is_sent_once_more_and_then_a_person_knows() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "satu").await;
    for round in 1..=2 {
        stub.next(502, json!("bad gateway"));
        stage.driver.send().await.expect("a round");
        assert_eq!((stub.log().len(), stage.out(CITIZEN).await[0].1.as_str()), (round, "unconfirmed"));
        stage.test.clock.advance(Duration::seconds(60));
        stage.reports(&format!("wamid.other.{round}"), "delivered", None).await;
        stage.driver.sweep().await.expect("a sweep");
        assert_eq!(stage.out(CITIZEN).await[0].1, "unconfirmed", "120 seconds are not over");
        stage.test.clock.advance(Duration::seconds(61));
        stage.driver.sweep().await.expect("a sweep");
    }
    stage.send().await;
    assert_eq!(stub.log().len(), 2, "never a third time");
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!(message["status"], "failed");
    assert!(word(&message, "error").contains("petugas"));
    let conversation = stage.conversation().await;
    assert_eq!((&conversation["status"], &conversation["waiting_reason"]), (&json!("waiting"), &json!("unconfirmed")));
}

#[tokio::test]
async fn a_process_that_dies_in_the_middle_of_a_send_leaves_it_unconfirmed() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "satu").await;
    stage.sends(CITIZEN, "dua").await;
    stub.close();
    {
        let mut dying = pin!(stage.driver.send());
        tokio::select! {
            _ = &mut dying => panic!("the call has no answer"),
            () = stub.called(1) => {}
        }
    }
    stub.open();
    stage.test.clock.advance(Duration::seconds(29));
    stage.driver.sweep().await.expect("a sweep");
    stage.send().await;
    assert_eq!(stage.out(CITIZEN).await[0].1, "sending", "it may still come to an end");
    assert_eq!(stub.log().len(), 1, "and the next one waits for it");

    stage.test.clock.advance(Duration::seconds(2));
    stage.driver.sweep().await.expect("a sweep");
    stage.send().await;
    let statuses: Vec<String> = stage.out(CITIZEN).await.into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, ["unconfirmed", "sent"]);
    let told = stage.test.outbox::<StatusChanged>().await;
    assert_eq!(
        told.iter().map(|event| event.status).collect::<Vec<_>>(),
        [MessageStatus::Unconfirmed, MessageStatus::Sent]
    );
}

#[tokio::test]
async fn an_answer_that_comes_after_the_sweep_gave_up_still_counts() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "satu").await;
    stub.close();
    let sending = async { stage.driver.send().await.expect("a round") };
    let sweeping = async {
        stub.called(1).await;
        stage.test.clock.advance(Duration::seconds(31));
        stage.driver.sweep().await.expect("a sweep");
        assert_eq!(stage.out(CITIZEN).await[0].1, "unconfirmed");
        stub.open();
    };
    tokio::join!(sending, sweeping);
    assert_eq!(stage.out(CITIZEN).await[0].1, "sent");
}

#[tokio::test]
async fn two_conversations_do_not_wait_for_each_other() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.hears(OTHER, "w2", "halo").await;
    stage.sends(CITIZEN, "satu").await;
    stage.sends(OTHER, "dua").await;
    stub.close();
    tokio::join!(async { stage.driver.send().await.expect("a round") }, async {
        stub.called(2).await;
        stub.open();
    });
    assert_eq!(stub.log().len(), 2);
}

#[tokio::test]
async fn lost_answers_make_no_message_arrive_twice_nor_vanish() {
    let running = Running::new().await;
    let citizens: Vec<String> = (0..6).map(|n| format!("62812345000{n:02}")).collect();
    for citizen in &citizens {
        running.phones.says(citizen, &json!({"type": "text", "text": {"body": "halo"}})).await;
        running.shown(citizen, 1).await;
    }
    running.phones.faults(json!({"drop_responses": 0.5, "webhook": {"duplicate": true, "reorder": true}})).await;
    let mut expected = Vec::new();
    for n in 0..30 {
        let citizen = &citizens[n % citizens.len()];
        let line = format!("kabar {n}");
        let call = json!({"wa_user_id": citizen, "type": "text", "text": {"body": line}});
        running.api.post("/internal/messages/send", &call).await.expect(axum::http::StatusCode::ACCEPTED);
        expected.push((citizen.clone(), line));
    }
    testkit::until("all of them are settled", async || {
        running.test.clock.advance(Duration::milliseconds(500));
        let out = listed(&running.api, "/internal/messages?direction=outbound&limit=200").await;
        let settled =
            |message: &serde_json::Value| matches!(message["status"].as_str(), Some("sent" | "delivered" | "read"));
        (out.len() == 36 && out.iter().all(settled)).then_some(())
    })
    .await;
    // Long afterwards nothing is sent again either.
    for _ in 0..4 {
        running.test.clock.advance(Duration::seconds(70));
        running.api.get("/internal/messages?limit=1").await;
        tokio::task::yield_now().await;
    }
    for citizen in &citizens {
        let own: Vec<&String> = expected.iter().filter(|(to, _)| to == citizen).map(|(_, line)| line).collect();
        let shown = running.phones.texts(citizen).await;
        assert_eq!(shown[1..].iter().collect::<Vec<_>>(), own, "each once and in order");
    }
}
