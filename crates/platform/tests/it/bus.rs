//! Verdicts: done, away, failed, rejected; and a broker that goes away.

use contracts::OfficeId;
use contracts::topology::{CASE_MERGES, CASE_OFFICES};
use platform::bus::Consumer;
use platform::outbox::{self, Cause};
use platform::{Daemon, Service};
use testkit::{Test, until};

use crate::support::{Answer, Bare, MIGRATOR, NoConfig, Scripted, event};

async fn publish(test: &Test, event: &contracts::events::contact::ContactMerged) {
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, event, &Cause::none()).await.expect("appended");
    tx.commit().await.expect("committed");
    test.ctx.outbox.wake();
}

fn service(test: &Test, handler: &Scripted) -> Service {
    let service = Bare::build(test.ctx.clone(), NoConfig {}).expect("a service");
    service.consumer(Consumer::new(CASE_MERGES, 1, handler.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_travels_from_the_outbox_to_its_reader_once() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    test.run::<Bare>(service(&test, &handler));
    let event = event();
    publish(&test, &event).await;
    until("the event is handled", async || (handler.times(&event) == 1).then_some(())).await;
    until("the outbox is empty", async || {
        test.outbox::<contracts::events::contact::ContactMerged>().await.is_empty().then_some(())
    })
    .await;
    until("the queue is empty", async || (test.ctx.bus.depth(&CASE_MERGES).await == Some(0)).then_some(())).await;
    assert_eq!(handler.times(&event), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_away_is_waited_for_and_counts_as_no_failure() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    let event = event();
    handler.answer(&event, &[Answer::Unavailable; 4]);
    test.run::<Bare>(service(&test, &handler));
    publish(&test, &event).await;
    until("the fifth try succeeds", async || (handler.times(&event) == 5).then_some(())).await;
    let verdict =
        |word: &str| test.ctx.metrics.deliveries.with_label_values(&[CASE_MERGES.name().as_str(), word]).get();
    until("it is done", async || (verdict("done") == 1).then_some(())).await;
    assert_eq!(verdict("failed"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_item_climbs_the_ladder_and_stops_nobody() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    let (bad, good) = (event(), event());
    handler.answer(&bad, &[Answer::Failed, Answer::Panic]);
    test.run::<Bare>(service(&test, &handler));
    publish(&test, &bad).await;
    publish(&test, &good).await;
    until("the good one is handled", async || (handler.times(&good) == 1).then_some(())).await;
    // The first rung is five seconds: the broker's own clock, which no test can move.
    until("the bad one comes back after its first rung", async || (handler.times(&bad) == 2).then_some(())).await;
    assert_eq!(handler.times(&good), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_broker_closed_the_connection_everything_goes_on() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES, CASE_OFFICES]).await;
    let handler = Scripted::default();
    test.run::<Bare>(service(&test, &handler));
    let (before, after) = (event(), event());
    publish(&test, &before).await;
    until("the first is handled", async || (handler.times(&before) == 1).then_some(())).await;
    test.ctx.bus.sever().await;
    publish(&test, &after).await;
    until("the second is handled over a new connection", async || (handler.times(&after) == 1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mandatory_event_without_a_queue_stays_in_the_outbox() {
    // Only another queue exists here: nobody takes contact.merged, and the broker returns it.
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_OFFICES]).await;
    test.run::<Bare>(Bare::build(test.ctx.clone(), NoConfig {}).expect("a service"));
    let event = event();
    publish(&test, &event).await;
    let outgoing = platform::bus::Outgoing {
        routing_key: "contact.merged".to_owned(),
        headers: Vec::new(),
        body: "{}".into(),
        mandatory: true,
    };
    let error = test.ctx.bus.publish(&outgoing).await.expect_err("returned");
    assert!(matches!(error, platform::bus::PublishError::Returned), "{error}");
    assert_eq!(test.outbox::<contracts::events::contact::ContactMerged>().await, [event]);
}
