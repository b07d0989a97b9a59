//! What no try helps lies in a table, and a person sends it back or gives it up.

use contracts::OfficeId;
use contracts::topology::CASE_MERGES;
use http::StatusCode;
use platform::Daemon;
use platform::bus::Consumer;
use platform::outbox::{self, Cause};
use serde_json::json;
use testkit::{Api, Test, until};

use crate::support::{Answer, Bare, MIGRATOR, NoConfig, Scripted, event};

async fn with_dead_letter(test: &Test, handler: &Scripted) -> (Api, contracts::events::contact::ContactMerged) {
    let event = event();
    handler.answer(&event, &[Answer::Reject]);
    let service = Bare::build(test.ctx.clone(), NoConfig {}).expect("a service");
    let api = test.run::<Bare>(service.consumer(Consumer::new(CASE_MERGES, 1, handler.clone())));
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, &event, &Cause::none()).await.expect("appended");
    tx.commit().await.expect("committed");
    test.ctx.outbox.wake();
    (api, event)
}

async fn the_letter(api: &Api) -> serde_json::Value {
    until("the dead letter lies in the table", async || {
        let list = api.get("/internal/dead-letters").await.expect(StatusCode::OK);
        list["data"].get(0).cloned()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redriven_dead_letter_is_handled_like_new() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    let (api, event) = with_dead_letter(&test, &handler).await;
    let letter = the_letter(&api).await;
    assert_eq!(letter["queue"], CASE_MERGES.name());
    assert_eq!(letter["reason"], "never");
    assert_eq!(test.ctx.metrics.dead_letters.get(), 1);

    let path = format!("/internal/dead-letters/{}/redrive", letter["id"].as_str().expect("an id"));
    assert_eq!(api.post(&path, &json!({})).await.expect(StatusCode::OK)["state"], "redriven");
    until("it is handled again", async || (handler.times(&event) == 2).then_some(())).await;
    assert_eq!(api.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND, "only once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_its_own_offices_and_can_be_given_up() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    let (api, _) = with_dead_letter(&test, &handler).await;
    let letter = the_letter(&api).await;
    let path = format!("/internal/dead-letters/{}/drop", letter["id"].as_str().expect("an id"));
    let other = test.add_office("Kelurahan Lain").await;

    let theirs = api.office(other);
    assert_eq!(theirs.get("/internal/dead-letters").await.expect(StatusCode::OK)["data"], json!([]));
    assert_eq!(theirs.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND);

    let ours = api.office(OfficeId::FIRST);
    assert_eq!(ours.post(&path, &json!({})).await.expect(StatusCode::OK)["state"], "dropped");
    assert_eq!(ours.get("/internal/dead-letters").await.expect(StatusCode::OK)["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_no_office_is_seen_by_whoever_runs_the_system() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let service = Bare::build(test.ctx.clone(), NoConfig {}).expect("a service");
    let api = test.run::<Bare>(service.consumer(Consumer::new(CASE_MERGES, 1, Scripted::default())));
    let stray = platform::bus::Outgoing {
        routing_key: "contact.merged".to_owned(),
        headers: Vec::new(),
        body: "no envelope".into(),
        mandatory: true,
    };
    test.ctx.bus.publish(&stray).await.expect("published");
    let letter = until("the stray message lies in the table", async || {
        api.get("/internal/dead-letters?unassigned=true").await.expect(StatusCode::OK)["data"].get(0).cloned()
    })
    .await;
    assert_eq!(letter["event_id"], json!(null));
    assert_eq!(api.get("/internal/dead-letters").await.expect(StatusCode::OK)["data"], json!([]));
    let staff = api.actor(&test.actor("Rina", Some(OfficeId::FIRST), &[]));
    assert_eq!(staff.get("/internal/dead-letters?unassigned=true").await.status, StatusCode::FORBIDDEN);
    let path = format!("/internal/dead-letters/{}/drop", letter["id"].as_str().expect("an id"));
    assert_eq!(api.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        api.post(&format!("{path}?unassigned=true"), &json!({})).await.expect(StatusCode::OK)["state"],
        "dropped"
    );
}
