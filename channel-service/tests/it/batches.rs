//! Many webhooks in one transaction: nothing lost, nothing twice, nobody locked out; and the first use of a number.

use bytes::Bytes;
use channel_service::{ChannelService, Driver, MIGRATOR};
use contracts::events::conversation::MessageStored;
use futures_util::future::join_all;
use platform::Context;
use platform::bus::Verdict;
use serde_json::json;
use testkit::Test;

use crate::stage::{NUMBER, Stage, body, config, nobody, text, value};

#[tokio::test]
async fn a_thousand_updates_in_one_body_are_taken_item_by_item() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    let mut messages: Vec<_> =
        (0..990).map(|n| text(&format!("62813{:08}", n % 37), &format!("k{n}"), at, &format!("pesan {n}"))).collect();
    messages[500] = json!({"type": "text"});
    messages[501] = json!(null);
    let statuses: Vec<_> =
        (0..10).map(|n| json!({"id": format!("s{n}"), "status": "delivered", "timestamp": at})).collect();
    stage.delivers(&[value(NUMBER, &json!({"messages": messages, "statuses": statuses}))]).await;
    assert_eq!(stage.count("SELECT count(*) FROM messages").await, 988);
    assert_eq!(stage.count("SELECT count(*) FROM conversations").await, 37);
    assert_eq!(stage.count("SELECT count(*) FROM early_statuses").await, 10);
    assert_eq!(stage.aside().await.len(), 2);
    let seqs = "SELECT count(*) FROM conversations c WHERE last_seq <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)";
    assert_eq!(stage.count(seqs).await, 0, "no gap and no double");
    let told = stage.test.outbox::<MessageStored>().await;
    let first: Vec<i64> = told
        .iter()
        .filter(|event| event.message.wa_user_id.as_deref() == Some("6281300000000"))
        .map(|event| event.seq)
        .collect();
    assert!(first.is_sorted() && first.len() == 27, "{first:?}");
}

#[tokio::test]
async fn batches_over_the_same_people_in_other_orders_never_deadlock() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    for round in 0..5 {
        let line =
            |n: usize, m: usize| body(&[text(&format!("628120000{n:04}"), &format!("w{round}.{m}.{n}"), at, "halo")]);
        let batches: Vec<Vec<Bytes>> = (0..4)
            .map(|m| {
                let mut batch: Vec<Bytes> = (0..20).map(|n| line(n, m)).collect();
                if m % 2 == 1 {
                    batch.reverse();
                }
                batch.rotate_left(m * 3);
                batch
            })
            .collect();
        let verdicts = join_all(batches.iter().map(|batch| stage.driver.intake(batch))).await;
        assert!(verdicts.iter().flatten().all(|verdict| matches!(verdict, Verdict::Done)), "{verdicts:?}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM messages").await, 400);
    assert_eq!(stage.count("SELECT count(*) FROM user_profiles").await, 20);
}

#[tokio::test]
async fn messages_and_their_statuses_in_one_batch_keep_their_order() {
    let stage = Stage::alone().await;
    stage.hears("6281200000001", "w0", "halo").await;
    let id = stage.sends("6281200000001", "halo").await;
    let at = stage.seconds();
    let report =
        |status: &str| json!({"id": "wamid.x", "status": status, "timestamp": at, "biz_opaque_callback_data": id});
    let bodies = [
        value(NUMBER, &json!({"statuses": [report("read"), report("sent")]})),
        body(&[text("6281200000001", "w1", at, "ya")]),
        value(NUMBER, &json!({"statuses": [report("delivered"), report("failed")]})),
    ];
    stage.delivers(&bodies).await;
    assert_eq!(stage.out("6281200000001").await, [("halo".to_owned(), "read".to_owned())]);
    let seqs = stage.count("SELECT last_seq FROM conversations").await;
    assert_eq!(seqs, 4, "two messages, the answer, and the one report that led forward");
}

/// Another process over the same database.
fn another(ctx: &Context) -> Context {
    Context { metrics: platform::metrics::Metrics::new().expect("metrics"), ..ctx.clone() }
}

/// Two first uses of the number from the environment at once: the worker's and the intake's.
#[tokio::test]
async fn the_first_number_is_given_once_however_many_ask_for_it() {
    let test = Test::without_broker("channel-service", &MIGRATOR).await;
    let mut drivers = Vec::new();
    for _ in 0..2 {
        drivers.push(Driver::bare(another(&test.ctx), config(&nobody())).expect("a service").0);
    }
    let at = test.clock.now().timestamp();
    let bodies: Vec<[Bytes; 1]> =
        (0..8).map(|n| [body(&[text("6281200000001", &format!("w{n}"), at, "halo")])]).collect();
    let verdicts = join_all(bodies.iter().enumerate().map(|(n, body)| drivers[n % 2].intake(body))).await;
    assert!(verdicts.iter().flatten().all(|verdict| matches!(verdict, Verdict::Done)), "{verdicts:?}");
    let service = Driver::build(another(&test.ctx), config(&nobody())).await.expect("a service");
    let stage = Stage { api: test.api::<ChannelService>(service.1), driver: service.0, test };
    assert_eq!(stage.count("SELECT count(*) FROM numbers").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM messages").await, 8);
    assert!(stage.aside().await.is_empty());
}

#[tokio::test]
async fn a_number_that_was_put_to_rest_stays_so() {
    let stage = Stage::alone().await;
    let mut tx = stage.test.ctx.db.all_offices("a test").await.expect("a database");
    sqlx::query("UPDATE numbers SET active = false").execute(&mut *tx).await.expect("updated");
    tx.commit().await.expect("committed");
    for n in 0..3 {
        stage.delivers(&[body(&[text("6281200000001", &format!("w{n}"), stage.seconds(), "halo")])]).await;
    }
    assert_eq!(stage.count("SELECT count(*) FROM messages").await, 0);
    assert_eq!(stage.aside().await.len(), 3, "kept, counted, not answered");
    assert_eq!(stage.count("SELECT count(*) FROM numbers WHERE active").await, 0);
}
