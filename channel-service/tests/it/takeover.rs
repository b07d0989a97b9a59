//! Takeover: one holder, a lease that ends, and a bot that is silent meanwhile.

use axum::http::StatusCode;
use chrono::Duration;
use contracts::events::conversation::{StatusChanged, TakeoverEnded, TakeoverStarted};
use contracts::events::turn::{TurnClosed, TurnOutcome};
use contracts::message::MessageStatus;
use contracts::permissions::{FORCE_TAKEOVER, TAKE_CONVERSATIONS};
use serde_json::{Value, json};
use testkit::Answer;

use crate::stage::{CITIZEN, Stage, body, text, word};

impl Stage {
    pub async fn takes_over(&self, who: &str) -> Answer {
        let body = json!({"admin_id": format!("id-of-{who}"), "admin_name": who});
        self.api.post(&format!("/internal/takeover/{CITIZEN}/start"), &body).await
    }

    pub async fn gives_back(&self, who: &str) -> Answer {
        let body = json!({"admin_id": format!("id-of-{who}")});
        self.api.post(&format!("/internal/takeover/{CITIZEN}/end"), &body).await
    }

    async fn status(&self) -> Value {
        self.api.get(&format!("/internal/takeover/{CITIZEN}/status")).await.expect(StatusCode::OK)
    }
}

#[tokio::test]
async fn a_queued_answer_is_discarded_and_seen_to_be() {
    let (stage, phones) = Stage::with_phones().await;
    stage.answered(CITIZEN, "w1", "dari bot").await;
    let state = stage.takes_over("Sari").await.expect(StatusCode::OK);
    assert_eq!((&state["active"], &state["epoch"], &state["admin"]["name"]), (&json!(true), &json!(1), &json!("Sari")));
    stage.send().await;
    assert!(phones.shows(CITIZEN).await.is_empty());
    assert_eq!(stage.out(CITIZEN).await, [("dari bot".to_owned(), "discarded".to_owned())]);
    assert_eq!(stage.test.outbox::<StatusChanged>().await[0].status, MessageStatus::Discarded);

    // Also when the bot has it again.
    stage.gives_back("Sari").await.expect(StatusCode::OK);
    stage.send().await;
    assert!(phones.shows(CITIZEN).await.is_empty());
}

#[tokio::test]
async fn a_turn_in_flight_belongs_to_the_person_and_the_late_answer_is_refused() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    stage.answers(&turn, "dari bot").await;
    stage.gives_back("Sari").await.expect(StatusCode::OK);
    stage.answers(&turn, "dari bot lagi").await;
    stage.send().await;
    assert!(phones.shows(CITIZEN).await.is_empty() && stage.out(CITIZEN).await.is_empty());
    assert_eq!(
        stage.test.outbox::<TurnClosed>().await.iter().map(|closed| closed.outcome).collect::<Vec<_>>(),
        [TurnOutcome::Refused]
    );
}

#[tokio::test]
async fn what_comes_during_takeover_never_opens_a_turn_afterwards() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "sebelum").await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    stage.hears(CITIZEN, "w2", "selama").await;
    stage.quiet().await;
    stage.gives_back("Sari").await.expect(StatusCode::OK);
    stage.quiet().await;
    assert!(stage.turns().await.is_empty());
    stage.hears(CITIZEN, "w3", "sesudah").await;
    stage.quiet().await;
    let turns = stage.turns().await;
    assert_eq!((turns.len(), turns[0].message.as_str(), turns[0].epoch), (1, "sesudah", 2));
    assert_eq!(stage.messages(CITIZEN).await.len(), 3, "and all is there to read");
}

#[tokio::test]
async fn a_second_person_is_told_who_has_it_and_force_needs_the_permission() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    let held = stage.takes_over("Budi").await;
    assert!(word(&held.expect(StatusCode::CONFLICT), "detail").contains("Sari"));
    assert_eq!(stage.gives_back("Budi").await.status, StatusCode::CONFLICT);
    assert_eq!(stage.takes_over("Sari").await.expect(StatusCode::OK)["epoch"], 1, "a holder's start renews");

    let forced = json!({"admin_id": "id-of-Budi", "admin_name": "Budi", "force": true});
    let path = format!("/internal/takeover/{CITIZEN}/start");
    assert_eq!(stage.api.post(&path, &forced).await.status, StatusCode::FORBIDDEN);
    let agent = stage.test.actor("Budi", None, &[]);
    assert_eq!(stage.api.actor(&agent).post(&path, &forced).await.status, StatusCode::FORBIDDEN);
    let lead = stage.test.actor("Budi", None, &["takeover.force"]);
    let state = stage.api.actor(&lead).post(&path, &forced).await.expect(StatusCode::OK);
    assert_eq!((&state["epoch"], &state["admin"]["name"]), (&json!(2), &json!("Budi")));
    let started = stage.test.outbox::<TakeoverStarted>().await;
    assert_eq!(started.iter().map(|event| event.epoch).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn silence_ends_a_takeover_and_a_word_keeps_it() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    stage.test.clock.advance(Duration::minutes(20));
    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "sebentar, Pak"}});
    let sari = stage.person("Sari", &[TAKE_CONVERSATIONS]);
    sari.post("/internal/messages/send", &line).await.expect(StatusCode::ACCEPTED);
    stage.test.clock.advance(Duration::minutes(20));
    stage.driver.expire_takeovers().await.expect("a look");
    assert_eq!(stage.status().await["active"], true, "she wrote 20 minutes ago");

    stage.test.clock.advance(Duration::minutes(11));
    stage.driver.expire_takeovers().await.expect("a look");
    let state = stage.status().await;
    assert_eq!((&state["active"], &state["epoch"]), (&json!(false), &json!(2)));
    assert_eq!(stage.test.outbox::<TakeoverEnded>().await[0].admin.name, "Sari");
    assert_eq!(stage.conversation().await["status"], "bot");
}

#[tokio::test]
async fn a_start_names_every_bad_field_and_knows_what_it_is_about() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let path = format!("/internal/takeover/{CITIZEN}/start");
    let bad = stage.api.post(&path, &json!({"admin_id": "", "admin_name": " "})).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(bad["errors"].as_array().map(Vec::len), Some(2), "{bad}");
    let good = json!({"admin_id": "a", "admin_name": "A"});
    for (id, status) in [("628999999999", StatusCode::NOT_FOUND), ("bukan-nomor", StatusCode::BAD_REQUEST)] {
        assert_eq!(stage.api.post(&format!("/internal/takeover/{id}/start"), &good).await.status, status, "{id}");
    }
    let id = word(&stage.conversation().await, "id");
    assert_eq!(stage.api.post(&format!("/internal/takeover/{id}/start"), &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_person_may_write_what_the_bot_may_not() {
    let (stage, phones) = Stage::with_phones().await;
    stage.delivers(&[body(&[text(CITIZEN, "w1", stage.seconds(), "halo")])]).await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    let sari = stage.person("Sari", &[TAKE_CONVERSATIONS]);
    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "Selamat pagi, saya Sari"}});
    sari.post("/internal/messages/send", &line).await.expect(StatusCode::ACCEPTED);
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await, ["Selamat pagi, saya Sari"]);
    assert_eq!(stage.messages(CITIZEN).await[1]["author"], "admin");
}

#[tokio::test]
async fn only_the_holder_writes_as_a_person() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "saya"}});
    let send = "/internal/messages/send";
    let budi = stage.person("Budi", &[TAKE_CONVERSATIONS]);
    let refused = budi.post(send, &line).await.expect(StatusCode::CONFLICT);
    assert!(word(&refused, "type").ends_with("not-held"), "{refused}");
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    let refused = budi.post(send, &line).await.expect(StatusCode::CONFLICT);
    assert!(word(&refused, "detail").contains("Sari") && word(&refused, "type").ends_with("held"), "{refused}");
    assert_eq!(stage.person("Budi", &[]).post(send, &line).await.status, StatusCode::FORBIDDEN);
    assert!(stage.out(CITIZEN).await.is_empty());
    stage.person("Budi", &[FORCE_TAKEOVER]).post(send, &line).await.expect(StatusCode::ACCEPTED);
    let sari = stage.person("Sari", &[TAKE_CONVERSATIONS]);
    sari.post(send, &line).await.expect(StatusCode::ACCEPTED);
    let authors: Vec<Value> = stage.messages(CITIZEN).await.iter().skip(1).map(|m| m["author"].clone()).collect();
    assert_eq!(authors, ["admin", "admin"]);
}

#[tokio::test]
async fn nobody_takes_or_gives_back_in_anothers_name() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let (start, end) = (format!("/internal/takeover/{CITIZEN}/start"), format!("/internal/takeover/{CITIZEN}/end"));
    let sari = json!({"admin_id": "id-of-Sari", "admin_name": "Sari"});
    let budi = stage.person("Budi", &[TAKE_CONVERSATIONS]);
    assert_eq!(budi.post(&start, &sari).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stage.person("Sari", &[]).post(&start, &sari).await.status, StatusCode::FORBIDDEN);
    stage.person("Sari", &[TAKE_CONVERSATIONS]).post(&start, &sari).await.expect(StatusCode::OK);
    let given = json!({"admin_id": "id-of-Sari", "note": "Sudah dijelaskan"});
    assert_eq!(budi.post(&end, &given).await.status, StatusCode::FORBIDDEN);
    stage.person("Sari", &[TAKE_CONVERSATIONS]).post(&end, &given).await.expect(StatusCode::OK);
    let ended = stage.test.outbox::<TakeoverEnded>().await;
    assert_eq!(ended[0].note.as_deref(), Some("Sudah dijelaskan"), "the assistant reads it");
    assert_eq!(stage.conversation().await["last_note"], "Sudah dijelaskan");
}

#[tokio::test]
async fn the_holder_is_warned_before_silence_ends_it_and_a_word_takes_the_warning_back() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    let warnings = async || {
        let changed = stage.test.outbox::<contracts::events::conversation::ConversationChanged>().await;
        changed.iter().filter(|event| event.change.warning.is_some()).count()
    };
    stage.test.clock.advance(Duration::minutes(24));
    stage.driver.expire_takeovers().await.expect("a look");
    assert_eq!((warnings().await, &stage.conversation().await["warning"]), (0, &Value::Null));
    stage.test.clock.advance(Duration::minutes(2));
    for _ in 0..2 {
        stage.driver.expire_takeovers().await.expect("a look");
    }
    assert_eq!(stage.conversation().await["warning"], "takeover_expires");
    assert_eq!(warnings().await, 1, "once");

    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "sebentar"}});
    stage
        .person("Sari", &[TAKE_CONVERSATIONS])
        .post("/internal/messages/send", &line)
        .await
        .expect(StatusCode::ACCEPTED);
    assert_eq!(stage.conversation().await["warning"], Value::Null);
    stage.test.clock.advance(Duration::minutes(5));
    stage.driver.expire_takeovers().await.expect("a look");
    assert_eq!(stage.status().await["active"], true, "the time began anew");
}
