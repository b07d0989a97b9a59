//! The process dies, or case-service is away, between any two steps: one complaint, one answer.

use ai_service::dialogue::Turn;
use ai_service::dialogue::conclude::conclude;
use ai_service::dialogue::facts::Knowledge;
use ai_service::dialogue::words::Texts;
use ai_service::turns::consumer::work;
use ai_service::turns::prepare::{Prepared, prepare};
use ai_service::turns::{Stored, act, commit};
use chrono::Duration;
use contracts::events::turn::{HandoffRequested, MessageReceived, ReplyReady};
use platform::bus::{Delivery, HandlerError};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::world::{WHOLE, World, complaint, header};

/// Stage (a) alone.
async fn prepared(world: &World, delivery: &Delivery) -> Stored {
    let event: MessageReceived = delivery.data().expect("a turn");
    let turn = Turn::of(&event, world.app.understanding.understand(&event.message).await);
    let work = work(delivery, &event).expect("work");
    match prepare(&world.app, &work, &turn, &Knowledge::NotAsked).await.expect("stage (a)") {
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
    let conclusion = conclude(&stored.plan, &stored.results, &Texts::default());
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

/// case-service with one complaint, which it really changes.
#[derive(Clone)]
struct Desk(Arc<Mutex<Value>>);

impl Desk {
    async fn with(world: &World, status: &str, allowed: &[&str]) -> Self {
        let mut view = complaint("LAP-20261118-003", world.contact, status);
        view["allowed"] = json!(allowed);
        let desk = Self(Arc::new(Mutex::new(view.clone())));
        Mock::given(path("/internal/complaints/LAP-20261118-003")).respond_with(desk.clone()).mount(&world.case).await;
        let listed = desk.clone();
        Mock::given(method("GET"))
            .and(path("/internal/complaints"))
            .respond_with(move |_: &Request| ResponseTemplate::new(200).set_body_json(json!({"data": [listed.view()]})))
            .mount(&world.case)
            .await;
        desk
    }

    fn view(&self) -> Value {
        self.0.lock().expect("a desk").clone()
    }
}

impl Respond for Desk {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut view = self.0.lock().expect("a desk");
        if request.method.as_str() == "PUT" {
            let seen = header(request, "if-match");
            if !seen.is_empty() && seen != format!("\"{}\"", view["version"]) {
                return ResponseTemplate::new(412).set_body_json(json!({"type": "x", "title": "stale", "status": 412}));
            }
            let body: Value = request.body_json().expect("JSON");
            let version = view["version"].as_i64().expect("a version") + 1;
            view["version"] = json!(version);
            if let Some(deskripsi) = body.get("deskripsi") {
                view["deskripsi"] = deskripsi.clone();
            }
            if let Some(status) = body.get("status") {
                view["status"] = status.clone();
                view["allowed"] = json!(["diproses"]);
                let update = json!({"version": version, "kind": "status", "actor": "citizen", "reason": body["reason"],
                                    "at": "2026-11-20T02:00:00Z"});
                view["updates"].as_array_mut().expect("a timeline").push(update);
            }
        }
        ResponseTemplate::new(200).set_body_json(view.clone())
    }
}

async fn changes(world: &World) -> usize {
    let requests = world.case.received_requests().await.unwrap_or_default();
    requests.iter().filter(|request| request.method.as_str() == "PUT").count()
}

async fn last_reply(world: &World) -> String {
    world.test.outbox::<ReplyReady>().await.last().map(|answer| answer.reply.text.clone()).unwrap_or_default()
}

/// Dies where `until` says, and the turn is delivered again.
async fn killed(world: &World, until: &str) {
    let delivery = world.test.delivery(&world.turn("ya"));
    let mut stored = prepared(world, &delivery).await;
    match until {
        "plan" => {}
        "call" => drop(act::take(&world.app, &stored.work, &stored.plan.steps[0], 0).await.expect("the call")),
        "act" => act::act(&world.app, &mut stored).await.expect("stage (b)"),
        other => panic!("{other}"),
    }
    world.handle(&delivery).await.expect("the redelivery resumes");
    world.handle(&delivery).await.expect("nothing is left to do");
}

#[tokio::test]
async fn reopening_happens_once_wherever_the_process_dies() {
    for until in ["plan", "call", "act"] {
        let world = World::new().await;
        let desk = Desk::with(&world, "selesai", &["dibuka_kembali"]).await;
        world.says("yang kemarin saya laporkan belum diperbaiki").await;
        assert_eq!(changes(&world).await, 0, "nothing is done before the yes");
        killed(&world, until).await;
        assert_eq!(changes(&world).await, 1, "killed after {until}");
        assert_eq!(desk.view()["status"], "dibuka_kembali");
        assert_eq!(desk.view()["updates"][0]["reason"], "yang kemarin saya laporkan belum diperbaiki");
        assert!(last_reply(&world).await.contains("sudah dibuka kembali"), "killed after {until}");
    }
}

#[tokio::test]
async fn an_addition_is_written_once_wherever_the_process_dies() {
    for until in ["plan", "call", "act"] {
        let world = World::new().await;
        let desk = Desk::with(&world, "diproses", &[]).await;
        world.says("tambah info untuk laporan LAP-20261118-003: lubangnya makin besar").await;
        killed(&world, until).await;
        assert_eq!(changes(&world).await, 1, "killed after {until}");
        let text = desk.view()["deskripsi"].as_str().expect("a text").to_owned();
        assert_eq!(text.matches("lubangnya makin besar").count(), 1, "{text}");
        assert!(text.starts_with("berlubang"), "what was there stays: {text}");
        assert!(last_reply(&world).await.contains("sudah ditambahkan"), "killed after {until}");
    }
}

#[tokio::test]
async fn an_addition_does_not_overwrite_what_staff_change_meanwhile() {
    let world = World::new().await;
    let desk = Desk::with(&world, "diproses", &[]).await;
    world.says("tambah info untuk laporan LAP-20261118-003: lubangnya makin besar").await;
    let delivery = world.test.delivery(&world.turn("ya"));
    prepared(&world, &delivery).await;
    {
        let mut view = desk.0.lock().expect("a desk");
        view["deskripsi"] = json!("berlubang, di depan pasar");
        view["version"] = json!(5);
    }
    world.handle(&delivery).await.expect("done");
    let text = desk.view()["deskripsi"].as_str().expect("a text").to_owned();
    assert!(text.starts_with("berlubang, di depan pasar") && text.contains("makin besar"), "{text}");
}

#[tokio::test]
async fn two_complaints_of_one_message_are_two_tickets_wherever_the_process_dies() {
    for until in ["plan", "call", "act"] {
        let world = World::new().await;
        world.case_takes_complaints().await;
        world.says("lapor lampu jalan mati di jl mawar no 3. Selain itu sampah menumpuk di jl melati no 5").await;
        killed(&world, until).await;
        assert!(last_reply(&world).await.contains("sampah menumpuk"), "{}", last_reply(&world).await);
        world.says("ya").await;
        killed(&world, until).await;
        let creations = world.creations().await;
        let keys: std::collections::BTreeSet<&String> = creations.iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), 2, "killed after {until}: two complaints, one key each");
        let kinds: std::collections::BTreeSet<&str> =
            creations.iter().filter_map(|(_, body)| body["kategori"].as_str()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["lampu_jalan", "sampah"]);
        let answers = world.test.outbox::<ReplyReady>().await;
        assert_eq!(answers.iter().filter(|answer| answer.complaint_id.is_some()).count(), 2);
        world.says("halo").await;
        assert!(!last_reply(&world).await.contains("sampah"), "nothing waits any more");
    }
}
