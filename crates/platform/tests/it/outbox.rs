//! Order within an aggregate, one relay at a time, and the inbox.

use contracts::events::contact::ContactMerged;
use contracts::topology::CASE_MERGES;
use contracts::{ContactId, EventId, OfficeId};
use platform::bus::Consumer;
use platform::outbox::{self, Cause, Relay};
use platform::{Daemon, inbox};
use testkit::{Test, until};

use crate::support::{Bare, MIGRATOR, NoConfig, Scripted};

#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_aggregate_arrive_in_order_with_two_relays_at_work() {
    let test = Test::with_broker(Bare::NAME, &MIGRATOR, &[CASE_MERGES]).await;
    let handler = Scripted::default();
    let service = Bare::build(test.ctx.clone(), NoConfig {}).expect("a service");
    test.run::<Bare>(service.consumer(Consumer::new(CASE_MERGES, 1, handler.clone())));
    test.ctx.tasks.spawn("second relay", Relay::new(&test.ctx).run(test.ctx.clone()));

    let into = ContactId::new();
    let mut expected = Vec::new();
    for _ in 0..200 {
        let event = ContactMerged { from: ContactId::new(), into };
        let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
        outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, &event, &Cause::none()).await.expect("appended");
        tx.commit().await.expect("committed");
        test.ctx.outbox.wake();
        expected.push(event.from);
    }
    until("all have arrived", async || (handler.seen().len() == expected.len()).then_some(())).await;
    assert_eq!(handler.seen(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_change_tells_nobody() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let event = ContactMerged { from: ContactId::new(), into: ContactId::new() };
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, &event, &Cause::none()).await.expect("appended");
    tx.rollback().await.expect("rolled back");
    assert!(test.outbox::<ContactMerged>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_handle_the_same_event_at_once_one_does_the_work() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let event = EventId::new();
    let work = async || {
        let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
        let first = inbox::first_time(&mut tx, Some(OfficeId::FIRST), "test", event).await.expect("noted");
        tx.commit().await.expect("committed");
        usize::from(first)
    };
    let (a, b, c, d) = tokio::join!(work(), work(), work(), work());
    assert_eq!(a + b + c + d, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_was_rolled_back_is_done_at_the_next_delivery() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let event = EventId::new();
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    assert!(inbox::first_time(&mut tx, Some(OfficeId::FIRST), "test", event).await.expect("noted"));
    tx.rollback().await.expect("rolled back");
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    assert!(inbox::first_time(&mut tx, Some(OfficeId::FIRST), "test", event).await.expect("noted"));
}
