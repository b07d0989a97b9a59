//! The process dies, or case-service is away, between any two steps: one complaint, one answer.

use ai_service::dialogue::Turn;
use ai_service::dialogue::conclude::conclude;
use ai_service::turns::consumer::work;
use ai_service::turns::prepare::{Prepared, prepare};
use ai_service::turns::{Stored, act, commit};
use chrono::Duration;
use contracts::events::turn::{HandoffRequested, MessageReceived, ReplyReady};
use platform::bus::{Delivery, HandlerError};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::world::{WHOLE, World};

/// Stage (a) alone.
async fn prepared(world: &World, delivery: &Delivery) -> Stored {
    let event: MessageReceived = delivery.data().expect("a turn");
    let turn = Turn::of(&event, world.app.understanding.understand(&event.message).await);
    let work = work(delivery, &event).expect("work");
    match prepare(&world.app, &work, &turn).await.expect("stage (a)") {
        Prepared::Ready(stored) => *stored,
        other => panic!("{other:?}"),
    }
}

async fn assert_one_complaint_one_answer(world: &World) {
    let keys: std::collections::BTreeSet<String> = world.creations().await.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 1, "all tries carry one key: {keys:?}");
    let answers = world.test.outbox::<ReplyReady>().await;
    assert_eq!(answers.iter().filter(|answer| answer.complaint_id.is_some()).count(), 1);
    assert_eq!(answers.len(), 2, "one for each turn");
}

#[tokio::test]
async fn killed_after_the_plan() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    prepared(&world, &delivery).await;
    world.handle(&delivery).await.expect("the redelivery resumes");
    assert_one_complaint_one_answer(&world).await;
}

#[tokio::test]
async fn killed_after_the_call_before_its_result_was_noted() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    let stored = prepared(&world, &delivery).await;
    act::take(&world.app, &stored.work, &stored.plan.steps[0], 0).await.expect("the call");
    world.handle(&delivery).await.expect("the redelivery resumes");
    assert_eq!(world.creations().await.len(), 2, "the same call twice");
    assert_one_complaint_one_answer(&world).await;
}

#[tokio::test]
async fn killed_after_the_act() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    let mut stored = prepared(&world, &delivery).await;
    act::act(&world.app, &mut stored).await.expect("stage (b)");
    world.handle(&delivery).await.expect("the redelivery resumes");
    assert_eq!(world.creations().await.len(), 1, "its result was noted");
    assert_one_complaint_one_answer(&world).await;
}

#[tokio::test]
async fn killed_after_the_commit_before_the_ack() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    let delivery = world.test.delivery(&world.turn("ya"));
    let mut stored = prepared(&world, &delivery).await;
    act::act(&world.app, &mut stored).await.expect("stage (b)");
    let conclusion = conclude(&stored.plan, &stored.results);
    assert!(commit::commit(&world.app, &stored, &conclusion).await.expect("stage (c)"));
    world.handle(&delivery).await.expect("nothing is left to do");
    assert_one_complaint_one_answer(&world).await;
}

#[tokio::test]
async fn case_service_away_is_waited_for_and_then_told_honestly() {
    let world = World::new().await;
    world.says(WHOLE).await;
    world.case_is_away().await;
    let delivery = world.test.delivery(&world.turn("ya"));
    let verdict = world.handle(&delivery).await;
    assert!(matches!(verdict, Err(HandlerError::Unavailable(_))), "{verdict:?}");
    assert!(world.test.outbox::<HandoffRequested>().await.is_empty());

    world.test.clock.advance(Duration::seconds(31));
    world.handle(&delivery).await.expect("the turn ends");
    let handoffs = world.test.outbox::<HandoffRequested>().await;
    assert_eq!(handoffs.len(), 1);
    assert_eq!(handoffs[0].reason, "deadline");
    assert!(handoffs[0].summary.contains("jalan berlubang"));

    // Whether the first call made the complaint is unknown: the next yes is the same call.
    world.case.reset().await;
    world.case_takes_complaints().await;
    let later = world.says("ya").await;
    let creations = world.creations().await;
    let event: MessageReceived = delivery.data().expect("a turn");
    assert_eq!(creations.len(), 1);
    assert_eq!(creations[0].0, format!("{}:0", event.turn_id));
    assert_eq!(creations[0].1["origin_turn_id"], event.turn_id.to_string());
    let answers = world.test.outbox::<ReplyReady>().await;
    assert_eq!(
        answers.last().map(|answer| (answer.turn_id, answer.complaint_id.is_some())),
        Some((later.turn_id, true))
    );
}

#[tokio::test]
async fn the_next_turn_first_ends_what_the_last_one_began() {
    let world = World::new().await;
    world.case_takes_complaints().await;
    world.says(WHOLE).await;
    // Planned, then the process died, and channel-service gave the turn up at its deadline.
    prepared(&world, &world.test.delivery(&world.turn("ya"))).await;
    world.says("ya").await;
    assert_eq!(world.creations().await.len(), 1, "the second yes does not send the complaint again");
    let answers = world.test.outbox::<ReplyReady>().await;
    assert_eq!(answers.iter().filter(|answer| answer.complaint_id.is_some()).count(), 1);
}

#[tokio::test]
async fn a_refused_complaint_stays_with_the_citizen_and_a_person_is_called() {
    let world = World::new().await;
    let refused =
        ResponseTemplate::new(400).set_body_json(serde_json::json!({"type": "urn:x", "title": "no", "status": 400}));
    Mock::given(method("POST")).and(path("/internal/complaints")).respond_with(refused).mount(&world.case).await;
    world.says(WHOLE).await;
    world.says("ya").await;
    let handoffs = world.test.outbox::<HandoffRequested>().await;
    assert_eq!(handoffs.len(), 1);
    assert!(handoffs[0].text.as_deref().is_some_and(|text| !text.contains("LAP-")));
    let memory = world.api().get(&format!("/internal/citizens/{}", world.contact)).await.json();
    assert_eq!(memory["dialogues"][0]["state"]["state"]["name"], "confirming");
}
