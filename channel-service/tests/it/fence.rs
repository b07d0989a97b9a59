//! The bot never talks over a person, whatever races: no Graph call for a bot message begins after a start returned.

use std::pin::pin;
use std::time::Duration;

use axum::http::StatusCode;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::graph::Stub;
use crate::stage::{CITIZEN, Stage, body, text};

#[tokio::test]
async fn a_start_waits_for_the_call_that_is_under_way() {
    let (stage, stub) = Stage::with_stub().await;
    stage.answered(CITIZEN, "w1", "bot: satu").await;
    stub.close();
    let sending = async { stage.driver.send().await.expect("a round") };
    let taking = async {
        stub.called(1).await;
        let mut start = pin!(stage.takes_over("Sari"));
        let early = tokio::time::timeout(Duration::from_millis(150), &mut start).await;
        assert!(early.is_err(), "the call has no answer yet");
        stub.open();
        start.await.expect(StatusCode::OK);
    };
    tokio::join!(sending, taking);
    assert_eq!(stage.out(CITIZEN).await[0].1, "sent", "what had begun before is told truly");
}

/// What staff does, one after the other.
#[derive(Debug, Clone, Copy)]
enum Staff {
    Start(&'static str),
    Force(&'static str),
    End(&'static str),
    Write,
    Pause(u8),
}

/// What happens on the other side, one after the other.
#[derive(Debug, Clone, Copy)]
enum Bot {
    CitizenWrites,
    Answer,
    Pause(u8),
}

fn staff() -> impl Strategy<Value = Vec<Staff>> {
    let who = || prop::sample::select(vec!["Sari", "Budi"]);
    let step = prop_oneof![
        3 => who().prop_map(Staff::Start),
        1 => who().prop_map(Staff::Force),
        2 => who().prop_map(Staff::End),
        1 => Just(Staff::Write),
        3 => (1..40_u8).prop_map(Staff::Pause),
    ];
    prop::collection::vec(step, 1..9)
}

fn bot() -> impl Strategy<Value = Vec<Bot>> {
    let step = prop_oneof![2 => Just(Bot::CitizenWrites), 3 => Just(Bot::Answer), 2 => (1..30_u8).prop_map(Bot::Pause)];
    prop::collection::vec(step, 2..12)
}

/// Rounds of the sender, with pauses before them: what is queued may lie a while.
fn rounds() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(0), 1..60_u8], 0..10)
}

/// One conversation of a case.
struct Case<'a> {
    stage: &'a Stage,
    stub: &'a Stub,
    citizen: String,
}

impl Case<'_> {
    async fn pause(n: u8) {
        for _ in 0..u32::from(n) * 20 {
            tokio::task::yield_now().await;
        }
    }

    async fn staff(&self, steps: Vec<Staff>) {
        let api = self.stage.api.actor(&self.stage.test.actor("Sari", None, &["takeover.force"]));
        let path = |what: &str| format!("/internal/takeover/{}/{what}", self.citizen);
        for step in steps {
            match step {
                Staff::Start(who) | Staff::Force(who) => {
                    let force = matches!(step, Staff::Force(_));
                    let answer =
                        api.post(&path("start"), &json!({"admin_id": who, "admin_name": who, "force": force})).await;
                    if answer.status == StatusCode::OK {
                        self.stub.note("started");
                    }
                }
                Staff::End(who) => {
                    // From the call on the bot may speak again.
                    self.stub.note("ending");
                    let answer = api.post(&path("end"), &json!({"admin_id": who})).await;
                    assert_eq!(answer.status, StatusCode::OK, "the permission to force ends any");
                }
                Staff::Write => {
                    let line = json!({"wa_user_id": self.citizen, "type": "text", "text": {"body": "petugas"}});
                    api.post("/internal/messages/send", &line).await.expect(StatusCode::ACCEPTED);
                }
                Staff::Pause(n) => Self::pause(n).await,
            }
        }
    }

    async fn bot(&self, steps: Vec<Bot>) {
        let mut answered = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Bot::CitizenWrites => self.write(&format!("{}-{n}", self.citizen)).await,
                Bot::Answer => {
                    self.stage.quiet().await;
                    let turns = self.stage.turns().await;
                    let mut own = turns
                        .iter()
                        .filter(|turn| turn.wa_user_id == self.citizen && !answered.contains(&turn.turn_id));
                    if let Some(turn) = own.next_back() {
                        answered.push(turn.turn_id);
                        self.stage.answers(turn, &format!("bot: {n}")).await;
                    }
                }
                Bot::Pause(n) => Self::pause(n).await,
            }
        }
    }

    async fn write(&self, wamid: &str) {
        self.stage.delivers(&[body(&[text(&self.citizen, wamid, self.stage.seconds(), wamid)])]).await;
    }

    async fn run(&self, staff: Vec<Staff>, bot: Vec<Bot>, rounds: Vec<u8>) {
        self.write(&format!("{}-first", self.citizen)).await;
        let sending = async {
            for pause in rounds {
                Self::pause(pause).await;
                self.stage.driver.send().await.expect("a round");
            }
        };
        tokio::join!(self.staff(staff), self.bot(bot), sending);
        self.stage.send().await;
    }
}

/// Whether a bot message was called for between the return of a start and the next end.
fn talked_over(log: &[String]) -> bool {
    let mut held = false;
    log.iter().any(|line| {
        match line.as_str() {
            "started" => held = true,
            "ending" => held = false,
            line => return held && line.starts_with("bot:"),
        }
        false
    })
}

#[test]
fn no_bot_message_is_called_for_after_a_start_has_returned() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let (stage, stub) = runtime.block_on(Stage::with_stub());
    let config = Config { cases: 48, max_shrink_iters: 30, failure_persistence: None, ..Config::default() };
    let number = std::sync::atomic::AtomicU32::new(0);
    let outcome = TestRunner::new(config).run(&(staff(), bot(), rounds()), |(staff, bot, rounds)| {
        let citizen = format!("62812000{:05}", number.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        stub.log.lock().expect("a log").clear();
        let case = Case { stage: &stage, stub: &stub, citizen };
        runtime.block_on(case.run(staff, bot, rounds));
        let log = stub.log();
        prop_assert!(!talked_over(&log), "{log:?}");
        let out = runtime.block_on(stage.out(&case.citizen));
        let settled = |status: &str| matches!(status, "sent" | "discarded");
        prop_assert!(out.iter().all(|(_, status)| settled(status)), "{out:?}");
        let sent = out.iter().filter(|(_, status)| status == "sent").count();
        let calls = log.iter().filter(|line| line.starts_with("bot:") || *line == "petugas").count();
        prop_assert_eq!(sent, calls, "each is sent once");
        Ok(())
    });
    let _entered = runtime.enter();
    outcome.expect("the fence holds");
    drop(stage);
}
