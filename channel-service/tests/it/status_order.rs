//! A message's statuses under random interleavings of sending, answers that get lost, reports in any order, sweeps and
//! retries: whatever happens, it goes forward only, and it is called for no more often than somebody decided.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::Duration;
use contracts::message::MessageStatus::{self, Delivered, Discarded, Failed, Queued, Read, Sending, Sent, Unconfirmed};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::graph::Stub;
use crate::stage::{Stage, word};

#[derive(Debug, Clone, Copy)]
enum Event {
    /// A round of the sender, and what the Graph API answers.
    Sends(Answer),
    /// WhatsApp reports of the n-th attempt, with our own id in it or without.
    Reports {
        status: &'static str,
        attempt: u8,
        callback: bool,
    },
    /// Others of the number are reported.
    Others,
    Passes(u8),
    Sweeps,
    Retries,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Accepts,
    GetsLost,
    TryAgain,
    Never,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let answer = prop_oneof![
        4 => Just(Answer::Accepts),
        2 => Just(Answer::GetsLost),
        1 => Just(Answer::TryAgain),
        1 => Just(Answer::Never),
    ];
    let status = prop::sample::select(vec!["sent", "delivered", "read", "played", "failed"]);
    let event = prop_oneof![
        4 => answer.prop_map(Event::Sends),
        5 => (status, 1..4_u8, any::<bool>()).prop_map(|(status, attempt, callback)| Event::Reports { status, attempt, callback }),
        1 => Just(Event::Others),
        2 => (1..200_u8).prop_map(Event::Passes),
        2 => Just(Event::Sweeps),
        1 => Just(Event::Retries),
    ];
    prop::collection::vec(event, 3..25)
}

/// What may follow what, by any number of steps within one event.
fn forward(before: MessageStatus, after: MessageStatus) -> bool {
    let road = |status| match status {
        Queued | Sending | Unconfirmed => 0,
        Sent => 1,
        Delivered => 2,
        Read => 3,
        _ => 4,
    };
    match (before, after) {
        (Failed, next) => matches!(next, Failed | Queued | Delivered | Read),
        (_, Discarded) => false,
        (_, Failed) => road(before) <= 1,
        (Queued | Sending | Unconfirmed, _) => true,
        (_, next) => road(next) >= road(before),
    }
}

async fn status(stage: &Stage, citizen: &str) -> MessageStatus {
    let out = stage.out(citizen).await;
    MessageStatus::from_word(&out[0].1).expect("a status")
}

struct Case<'a> {
    stage: &'a Stage,
    stub: &'a Stub,
    citizen: String,
    id: String,
    /// What our id was called by WhatsApp, attempt by attempt.
    wamids: Vec<String>,
    retries: usize,
    try_agains: usize,
}

impl Case<'_> {
    async fn happens(&mut self, event: Event) {
        match event {
            Event::Sends(answer) => {
                let wamid = format!("wamid.{}.{}", self.citizen, self.wamids.len() + 1);
                let calls = self.stub.log().len();
                self.stub.forget_answers();
                match answer {
                    Answer::Accepts => self.stub.next(200, json!({"messages": [{"id": wamid}]})),
                    Answer::GetsLost => self.stub.next(502, json!("bad gateway")),
                    Answer::TryAgain => self.stub.next(500, json!({"error": {"code": 131_016}})),
                    Answer::Never => self.stub.next(400, json!({"error": {"code": 131_026}})),
                }
                self.stage.driver.send().await.expect("a round");
                if self.stub.log().len() > calls {
                    match answer {
                        // What got lost was sent all the same.
                        Answer::Accepts | Answer::GetsLost => self.wamids.push(wamid),
                        Answer::TryAgain => self.try_agains += 1,
                        Answer::Never => {}
                    }
                }
            }
            Event::Reports { status, attempt, callback } => {
                if let Some(wamid) = self.wamids.get(usize::from(attempt) - 1) {
                    self.stage.reports(wamid, status, callback.then_some(self.id.as_str())).await;
                }
            }
            Event::Others => self.stage.reports("wamid.other", "delivered", None).await,
            Event::Passes(seconds) => self.stage.test.clock.advance(Duration::seconds(seconds.into())),
            Event::Sweeps => self.stage.driver.sweep().await.expect("a sweep"),
            Event::Retries => {
                let path = format!("/internal/messages/{}/retry", self.id);
                if self.stage.api.post(&path, &json!({})).await.status.is_success() {
                    self.retries += 1;
                }
            }
        }
    }
}

#[test]
fn statuses_go_forward_only_and_nothing_is_sent_more_often_than_decided() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let (stage, stub) = runtime.block_on(Stage::with_stub());
    let config = Config { cases: 48, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
    let number = AtomicU32::new(0);
    let outcome = TestRunner::new(config).run(&events(), |events| {
        let citizen = format!("62814000{:05}", number.fetch_add(1, Ordering::Relaxed));
        runtime.block_on(async {
            stub.log.lock().expect("a log").clear();
            stage.hears(&citizen, &format!("w-{citizen}"), "halo").await;
            let id = stage.sends(&citizen, "kabar").await;
            let mut case =
                Case { stage: &stage, stub: &stub, citizen, id, wamids: Vec::new(), retries: 0, try_agains: 0 };
            let mut before = Queued;
            let mut road = vec![before];
            for event in events {
                case.happens(event).await;
                let after = status(&stage, &case.citizen).await;
                road.push(after);
                prop_assert!(forward(before, after), "{event:?}: {road:?}");
                before = after;
            }
            // Each decision, ours at first and a person's afterwards, is one send and at most one repetition.
            let allowed = 2 * (1 + case.retries) + case.try_agains;
            let own = stub.log().iter().filter(|line| *line == "kabar").count();
            prop_assert!(own <= allowed, "{own} calls, {allowed} allowed: {road:?}");
            stage
                .api
                .delete(&format!("/internal/citizens/{}", word(&stage.messages(&case.citizen).await[0], "contact_id")))
                .await;
            Ok(())
        })
    });
    let _entered = runtime.enter();
    outcome.expect("statuses go forward");
    drop(stage);
}
