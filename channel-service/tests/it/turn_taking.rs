//! Turns under random interleavings: whatever happens in whatever order, every turn has exactly one end, one follows
//! the other, and every message is answered at most once and in its order.

use chrono::Duration;
use contracts::events::turn::{HandoffRequested, MessageReceived, TurnClosed};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use channel_service::MIGRATOR;
use testkit::Test;

use crate::stage::{Stage, body, nobody, reply};

#[derive(Debug, Clone, Copy)]
enum Event {
    /// A citizen writes; WhatsApp's timestamp may lag behind.
    Writes {
        behind: u8,
    },
    Taps,
    Passes(u16),
    Looks,
    /// The assistant answers the n-th turn that it was given, also one that ended long ago.
    Answers(u8),
    HandsOff(u8),
    TakesOver,
    GivesBack,
    Deadline,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        5 => (0..4_u8).prop_map(|behind| Event::Writes { behind }),
        1 => Just(Event::Taps),
        5 => (0..4_000_u16).prop_map(Event::Passes),
        5 => Just(Event::Looks),
        4 => (0..4_u8).prop_map(Event::Answers),
        1 => (0..4_u8).prop_map(Event::HandsOff),
        1 => Just(Event::TakesOver),
        1 => Just(Event::GivesBack),
        1 => Just(Event::Deadline),
    ];
    prop::collection::vec(event, 5..40)
}

struct Case<'a> {
    stage: &'a Stage,
    citizen: String,
    human: bool,
    written: Vec<String>,
    /// Written while a person had the conversation.
    never: HashSet<String>,
}

impl Case<'_> {
    async fn given(&self) -> Vec<MessageReceived> {
        self.stage.turns().await.into_iter().filter(|turn| turn.wa_user_id == self.citizen).collect()
    }

    /// The n-th last turn.
    async fn turn(&self, n: u8) -> Option<MessageReceived> {
        self.given().await.into_iter().rev().nth(n.into())
    }

    async fn writes(&mut self, at: i64, tap: bool) {
        let line = format!("{}-{}", self.citizen, self.written.len());
        let mut message = json!({"from": self.citizen, "id": line, "timestamp": at.to_string()});
        if tap {
            message["type"] = "interactive".into();
            message["interactive"] = json!({"type": "button_reply", "button_reply": {"id": "ya", "title": line}});
        } else {
            message["type"] = "text".into();
            message["text"] = json!({"body": line});
        }
        self.stage.delivers(&[body(&[message])]).await;
        if self.human {
            self.never.insert(line.clone());
        }
        self.written.push(line);
    }

    async fn happens(&mut self, event: Event) {
        let path = |what: &str| format!("/internal/takeover/{}/{what}", self.citizen);
        let sari = json!({"admin_id": "sari", "admin_name": "Sari"});
        match event {
            Event::Writes { behind } => self.writes(self.stage.seconds() - i64::from(behind), false).await,
            Event::Taps => self.writes(self.stage.seconds(), true).await,
            Event::Passes(ms) => self.stage.test.clock.advance(Duration::milliseconds(ms.into())),
            Event::Looks => self.stage.look().await,
            Event::Answers(n) => {
                if let Some(turn) = self.turn(n).await {
                    let event = self.stage.test.delivery(&reply(&turn, "Baik"));
                    self.stage.driver.reply(&event).await.expect("an answer");
                }
            }
            Event::HandsOff(n) => {
                if let Some(turn) = self.turn(n).await {
                    let handoff = HandoffRequested {
                        turn_id: turn.turn_id,
                        conversation_id: turn.conversation_id,
                        epoch: turn.epoch,
                        reason: "requested".to_owned(),
                        summary: "x".to_owned(),
                        text: None,
                    };
                    self.stage.driver.handoff(&self.stage.test.delivery(&handoff)).await.expect("a handoff");
                }
            }
            Event::TakesOver => {
                let start = self.stage.api.post(&path("start"), &sari).await;
                // Before the first message there is nothing to take.
                self.human |= start.status.is_success();
            }
            Event::GivesBack => {
                self.stage.api.post(&path("end"), &json!({"admin_id": "sari"})).await;
                self.human = false;
            }
            Event::Deadline => {
                self.stage.test.clock.advance(Duration::seconds(31));
                self.stage.look().await;
            }
        }
    }

    async fn ends(&mut self) {
        self.happens(Event::GivesBack).await;
        for _ in 0..6 {
            self.happens(Event::Passes(6_100)).await;
            self.happens(Event::Looks).await;
            self.happens(Event::Answers(0)).await;
        }
    }

    /// The road of this conversation's turns in the order of the outbox: `+id` given, `-id` ended.
    async fn road(&self) -> Vec<String> {
        let mut tx = self.stage.test.ctx.db.all_offices("a test looks").await.expect("a database");
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT routing_key, body FROM outbox WHERE routing_key IN ('whatsapp.message.received', 'turn.closed') ORDER BY id",
        )
        .fetch_all(&mut *tx)
        .await
        .expect("rows");
        let own: HashSet<_> = self.given().await.into_iter().map(|turn| turn.conversation_id).collect();
        rows.iter()
            .filter_map(|(key, body)| {
                if key == "turn.closed" {
                    let closed: TurnClosed = serde_json::from_slice(body).expect("an event");
                    own.contains(&closed.conversation_id).then(|| format!("-{}", closed.turn_id))
                } else {
                    let given: MessageReceived = serde_json::from_slice(body).expect("an event");
                    own.contains(&given.conversation_id).then(|| format!("+{}", given.turn_id))
                }
            })
            .collect()
    }
}

async fn check(case: &Case<'_>) -> Result<(), TestCaseError> {
    let road = case.road().await;
    let ends: Vec<&String> = road.iter().filter(|step| step.starts_with('-')).collect();
    prop_assert_eq!(ends.iter().collect::<HashSet<_>>().len(), ends.len(), "no turn ends twice: {:?}", &road);
    let mut flying: Option<&str> = None;
    for step in &road {
        let (sign, id) = step.split_at(1);
        if sign == "+" {
            prop_assert!(flying.is_none(), "one at a time: {road:?}");
            flying = Some(id);
        } else if flying == Some(id) {
            flying = None;
        }
    }
    prop_assert!(flying.is_none(), "every turn ends: {road:?}");
    let mut answered: Vec<String> = Vec::new();
    for turn in case.given().await {
        let times: Vec<_> = turn.messages.iter().map(|message| message.sent_at).collect();
        prop_assert!(times.is_sorted(), "by WhatsApp's timestamp: {times:?}");
        answered.extend(turn.messages.iter().filter_map(|message| message.text.clone()));
    }
    let once: HashSet<&String> = answered.iter().collect();
    prop_assert_eq!(once.len(), answered.len(), "no message is answered twice: {:?}", &answered);
    prop_assert!(answered.iter().all(|line| !case.never.contains(line)), "what a person heard opens no turn");
    let replies = case
        .stage
        .count(
            "SELECT count(*) FROM turns t WHERE (SELECT count(*) FROM messages m WHERE m.turn_id = t.id AND m.direction = 'outbound')
               <> CASE WHEN t.outcome IN ('replied', 'expired') THEN 1 ELSE 0 END",
        )
        .await;
    prop_assert_eq!(replies, 0, "a turn that ended otherwise says nothing");
    Ok(())
}

#[test]
fn turns_follow_one_another_and_each_ends_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stage = runtime.block_on(async {
        let test = Test::with_broker("channel-service", &MIGRATOR, &[]).await;
        Stage::with(test, &nobody()).await
    });
    let config = Config { cases: 40, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
    let number = AtomicU32::new(0);
    let outcome = TestRunner::new(config).run(&events(), |events| {
        let citizen = format!("62813000{:05}", number.fetch_add(1, Ordering::Relaxed));
        let mut case = Case { stage: &stage, citizen, human: false, written: Vec::new(), never: HashSet::new() };
        runtime.block_on(async {
            for event in events {
                case.happens(event).await;
            }
            case.ends().await;
            check(&case).await
        })
    });
    let _entered = runtime.enter();
    outcome.expect("turns are taken");
    drop(stage);
}
