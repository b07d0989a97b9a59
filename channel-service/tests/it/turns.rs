//! Turns: what is said in one breath is one turn, one at a time, with exactly one end.

use axum::http::StatusCode;
use channel_service::MIGRATOR;
use chrono::Duration;
use contracts::events::turn::{HandoffRequested, MessageReceived, TurnClosed, TurnOutcome};
use serde_json::json;
use testkit::Test;

use crate::running::Running;
use crate::stage::{CITIZEN, Stage, body, nobody, text};

fn lines(turn: &MessageReceived) -> Vec<&str> {
    turn.messages.iter().filter_map(|message| message.text.as_deref()).collect()
}

#[tokio::test]
async fn a_burst_is_one_turn_in_the_order_of_whatsapps_timestamps() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    for (wamid, offset, line) in [("w1", 0, "satu"), ("w3", 2, "tiga"), ("w2", 1, "dua"), ("w4", 2, "empat")] {
        stage.delivers(&[body(&[text(CITIZEN, wamid, at + offset, line)])]).await;
        stage.test.clock.advance(Duration::milliseconds(400));
        stage.look().await;
    }
    assert!(stage.turns().await.is_empty(), "the burst is not over");
    stage.quiet().await;
    stage.quiet().await;
    let turns = stage.turns().await;
    assert_eq!(turns.len(), 1);
    assert_eq!(
        lines(&turns[0]),
        ["satu", "dua", "tiga", "empat"],
        "what has the same second comes in its order of arrival"
    );
    assert_eq!(turns[0].message, "satu\ndua\ntiga\nempat");
    assert_eq!((turns[0].wa_user_id.as_str(), turns[0].epoch), (CITIZEN, 0));
}

#[tokio::test]
async fn whoever_never_pauses_is_heard_after_six_seconds() {
    let stage = Stage::alone().await;
    for n in 0..9 {
        stage.hears(CITIZEN, &format!("w{n}"), &n.to_string()).await;
        stage.test.clock.advance(Duration::seconds(1));
        stage.look().await;
        assert_eq!(stage.turns().await.len(), usize::from(n >= 5), "after {} s", n + 1);
    }
}

#[tokio::test]
async fn a_tap_closes_the_burst_at_once() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "sebentar").await;
    let tap = json!({"from": CITIZEN, "id": "w2", "timestamp": stage.seconds().to_string(), "type": "interactive",
                     "interactive": {"type": "button_reply", "button_reply": {"id": "ya", "title": "Ya, kirim"}}});
    stage.delivers(&[body(&[tap])]).await;
    stage.look().await;
    let turns = stage.turns().await;
    assert_eq!(lines(&turns[0]), ["sebentar", "Ya, kirim"]);
    assert_eq!(turns[0].messages[1].reply_id.as_deref(), Some("ya"));
}

#[tokio::test]
async fn what_comes_while_a_turn_is_in_flight_is_the_next_turn() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "satu").await;
    stage.quiet().await;
    stage.hears(CITIZEN, "w2", "dua").await;
    stage.quiet().await;
    stage.hears(CITIZEN, "w3", "tiga").await;
    stage.quiet().await;
    let turns = stage.turns().await;
    assert_eq!(turns.len(), 1, "one at a time");
    stage.answers(&turns[0], "Baik").await;
    stage.look().await;
    let turns = stage.turns().await;
    assert_eq!(lines(&turns[1]), ["dua", "tiga"]);
    assert_ne!(turns[0].turn_id, turns[1].turn_id);
    assert_eq!(stage.count("SELECT count(*) FROM turns WHERE state = 'in_flight'").await, 1);
}

#[tokio::test]
async fn a_reply_ends_the_turn_and_a_second_one_is_refused() {
    let (stage, phones) = Stage::with_phones().await;
    let turn = stage.answered(CITIZEN, "w1", "Baik").await;
    stage.answers(&turn, "Baik sekali").await;
    stage.send().await;
    assert_eq!(phones.texts(CITIZEN).await, ["Baik"]);
    let closed = stage.test.outbox::<TurnClosed>().await;
    assert_eq!(
        closed,
        [TurnClosed { turn_id: turn.turn_id, conversation_id: turn.conversation_id, outcome: TurnOutcome::Replied }]
    );
}

#[tokio::test]
async fn buttons_reach_the_phone() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let mut reply = crate::stage::reply(&stage.turns().await[0], "Sudah benar?");
    reply.reply.buttons = vec![contracts::message::Button { id: "ya".to_owned(), title: "Ya".to_owned() }];
    stage.driver.reply(&stage.test.delivery(&reply)).await.expect("done");
    stage.send().await;
    assert_eq!(phones.shows(CITIZEN).await[0]["buttons"][0]["title"], "Ya");
}

#[tokio::test]
async fn a_handoff_makes_the_conversation_wait_with_its_summary() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "w1", "saya mau bicara dengan petugas").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    let handoff = HandoffRequested {
        turn_id: turn.turn_id,
        conversation_id: turn.conversation_id,
        epoch: turn.epoch,
        reason: "requested".to_owned(),
        summary: "Warga ingin bicara dengan petugas".to_owned(),
        text: Some("Baik, kami sambungkan.".to_owned()),
    };
    stage.driver.handoff(&stage.test.delivery(&handoff)).await.expect("done");
    stage.answers(&turn, "terlambat").await;
    stage.send().await;
    let conversation = stage.conversation().await;
    assert_eq!((&conversation["status"], &conversation["waiting_reason"]), (&json!("waiting"), &json!("requested")));
    assert_eq!(conversation["summary"], "Warga ingin bicara dengan petugas");
    assert_eq!(phones.texts(CITIZEN).await, ["Baik, kami sambungkan."]);
    assert_eq!(stage.test.outbox::<TurnClosed>().await[0].outcome, TurnOutcome::HandedOff);
}

#[tokio::test]
async fn at_the_deadline_the_citizen_is_told_and_staff_is_called() {
    let test = Test::with_broker("channel-service", &MIGRATOR, &[]).await;
    let stage = Stage::with(test, &nobody()).await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    stage.test.clock.advance(Duration::seconds(29));
    stage.look().await;
    assert!(stage.out(CITIZEN).await.is_empty(), "not yet");
    stage.test.clock.advance(Duration::seconds(2));
    stage.look().await;
    stage.answers(&turn, "terlambat").await;
    stage.look().await;
    let out = stage.out(CITIZEN).await;
    assert_eq!(out.len(), 1, "{out:?}");
    assert!(out[0].0.starts_with("Mohon maaf"));
    let conversation = stage.conversation().await;
    assert_eq!((&conversation["status"], &conversation["waiting_reason"]), (&json!("waiting"), &json!("deadline")));
    assert_eq!(
        stage.test.outbox::<TurnClosed>().await.iter().map(|closed| closed.outcome).collect::<Vec<_>>(),
        [TurnOutcome::Expired]
    );
}

#[tokio::test]
async fn the_deadline_stands_still_while_the_broker_is_away() {
    let stage = Stage::alone().await;
    let back = Test::with_broker("channel-service", &MIGRATOR, &[]).await;
    let mut ctx = back.ctx.clone();
    (ctx.db, ctx.clock) = (stage.test.ctx.db.clone(), stage.test.clock.clone());
    let (up, _) = Stage::drive(&back, ctx, &nobody()).await;

    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    stage.test.clock.advance(Duration::hours(3));
    let mut outage = false;
    stage.driver.turns(&mut outage).await.expect("a look");
    assert!(outage && stage.out(CITIZEN).await.is_empty(), "nothing ends while the answer can't come");

    up.turns(&mut outage).await.expect("a look");
    stage.test.clock.advance(Duration::seconds(29));
    up.turns(&mut outage).await.expect("a look");
    assert!(stage.out(CITIZEN).await.is_empty(), "the time starts anew");
    assert_eq!(stage.turns().await.len(), 1, "and the turn is not published again");
    stage.test.clock.advance(Duration::seconds(2));
    up.turns(&mut outage).await.expect("a look");
    assert_eq!(stage.out(CITIZEN).await.len(), 1);
}

#[tokio::test]
async fn from_the_phone_to_the_assistant_and_back_through_the_broker() {
    let running = Running::new().await;
    for line in ["Selamat pagi", "jalan berlubang", "di Jl. Melati"] {
        running.phones.says(CITIZEN, &json!({"type": "text", "text": {"body": line}})).await;
    }
    testkit::until("all three lines have come", async || {
        let all = crate::stage::listed(&running.api, "/internal/messages?direction=inbound").await;
        (all.len() == 3).then_some(())
    })
    .await;
    let shown = running.shown(CITIZEN, 1).await;
    let said: Vec<String> = running.heard()[0].message.lines().map(str::to_owned).collect();
    assert_eq!((shown.len(), running.heard().len(), said.len()), (1, 1, 3));
    testkit::until("the report that it was read has come back", async || {
        let out = crate::stage::listed(&running.api, "/internal/messages?direction=outbound").await;
        (out[0]["status"] == "read").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_reaction_and_a_group_message_are_kept_and_not_answered() {
    let stage = Stage::alone().await;
    let at = stage.seconds().to_string();
    let reaction = json!({"from": CITIZEN, "id": "w1", "timestamp": at, "type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}});
    let group = json!({"from": CITIZEN, "id": "w2", "timestamp": at, "type": "text", "group_id": "g1", "text": {"body": "semua"}});
    stage.delivers(&[body(&[reaction, group])]).await;
    stage.quiet().await;
    assert_eq!(stage.messages(CITIZEN).await.len(), 2);
    assert!(stage.turns().await.is_empty());
}

#[tokio::test]
async fn an_answer_for_another_offices_conversation_is_rejected() {
    let stage = Stage::alone().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    let other = stage.test.add_office("Lain").await;
    let mut delivery = stage.test.delivery(&crate::stage::reply(&stage.turns().await[0], "Baik"));
    delivery.attributes.office_id = Some(other);
    let refused = stage.driver.reply(&delivery).await;
    assert!(matches!(refused, Err(platform::bus::HandlerError::Reject(_))), "{refused:?}");
    assert_eq!(stage.api.get("/internal/messages").await.status, StatusCode::BAD_REQUEST, "two offices: say which");
}

#[tokio::test]
async fn what_is_said_with_a_file_is_answered_with_it_or_without_after_ten_seconds() {
    let stage = Stage::alone().await;
    let photo = json!({"from": CITIZEN, "id": "w1", "timestamp": stage.seconds().to_string(), "type": "image",
                       "image": {"id": "1", "mime_type": "image/jpeg", "sha256": "x", "caption": "jalan ini"}});
    stage.delivers(&[body(&[photo])]).await;
    stage.quiet().await;
    for _ in 0..9 {
        stage.test.clock.advance(Duration::seconds(1));
        stage.look().await;
    }
    assert!(stage.turns().await.is_empty(), "the photo is on its way");
    stage.test.clock.advance(Duration::seconds(2));
    stage.look().await;
    assert_eq!(lines(&stage.turns().await[0]), ["jalan ini"], "nobody waits for ever");
}

#[tokio::test]
async fn a_message_is_marked_as_read_and_typing_is_shown_again_while_the_answer_takes_long() {
    let (stage, stub) = Stage::with_stub().await;
    let shown = || stub.requests().iter().filter(|request| request.get("typing_indicator").is_some()).count();
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.quiet().await;
    testkit::until("the indicator is shown", async || (shown() == 1).then_some(())).await;
    let first = stub.requests().remove(0);
    assert_eq!((&first["status"], &first["message_id"]), (&json!("read"), &json!("w1")));
    stage.test.clock.advance(Duration::seconds(19));
    stage.look().await;
    stage.test.clock.advance(Duration::seconds(2));
    stage.look().await;
    testkit::until("the indicator is shown again", async || (shown() == 2).then_some(())).await;
    stage.answers(&stage.turns().await[0], "Baik").await;
    stage.test.clock.advance(Duration::seconds(60));
    stage.look().await;
    stage.send().await;
    assert_eq!(shown(), 2, "an answer ends it");
}

#[tokio::test]
async fn outside_of_office_hours_the_citizen_is_told_when_somebody_will_answer() {
    let (stage, phones) = Stage::with_phones().await;
    // Friday nine in the morning in Jakarta; ten hours later the office is closed.
    stage.test.clock.advance(Duration::hours(10));
    stage.hears(CITIZEN, "w1", "saya mau bicara dengan petugas").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    let handoff = HandoffRequested {
        turn_id: turn.turn_id,
        conversation_id: turn.conversation_id,
        epoch: turn.epoch,
        reason: "requested".to_owned(),
        summary: "Warga ingin bicara dengan petugas".to_owned(),
        // The assistant's own words would say it themselves.
        text: None,
    };
    stage.driver.handoff(&stage.test.delivery(&handoff)).await.expect("done");
    stage.send().await;
    let shown = phones.texts(CITIZEN).await;
    assert!(shown[0].contains("Senin, 23 November pukul 08.00 WIB"), "{shown:?}");
    let waiting = stage.conversation().await;
    assert!(waiting["waiting_since"].is_string(), "{waiting}");
    let told = stage.test.outbox::<contracts::events::conversation::ConversationChanged>().await;
    assert_eq!(told.last().expect("told").change.status, "waiting", "staff are told");
}
