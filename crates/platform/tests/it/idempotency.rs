//! The same POST twice does its work once.

use contracts::OfficeId;
use http::StatusCode;
use platform::Daemon;
use platform::idempotency::{self, Begun, IdempotencyKey};
use serde_json::json;
use testkit::Test;

use crate::support::{Bare, MIGRATOR};

const ROUTE: &str = "POST /internal/things";

/// Does the work if it is new: `true`.
async fn call(test: &Test, key: &str, body: &serde_json::Value) -> Result<bool, StatusCode> {
    let key = IdempotencyKey(Some(key.to_owned()));
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    match idempotency::begin(&mut tx, OfficeId::FIRST, ROUTE, &key, body).await {
        Ok(Begun::Fresh(slot)) => {
            slot.store(&mut tx, StatusCode::CREATED, &json!({"made": true})).await.expect("stored");
            tx.commit().await.expect("committed");
            Ok(true)
        }
        Ok(Begun::Replay(_)) => Ok(false),
        Err(problem) => Err(problem.status()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_calls_that_race_one_does_the_work_and_all_are_answered() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let body = json!({"a": 1});
    let (a, b, c) = tokio::join!(call(&test, "k", &body), call(&test, "k", &body), call(&test, "k", &body));
    let fresh = [a, b, c].into_iter().map(|result| result.expect("answered")).filter(|fresh| *fresh).count();
    assert_eq!(fresh, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_for_another_request_is_refused_and_one_a_day_old_is_new() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    assert_eq!(call(&test, "k", &json!(1)).await, Ok(true));
    assert_eq!(call(&test, "k", &json!(2)).await, Err(StatusCode::CONFLICT));
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    sqlx::query("UPDATE idempotency SET created_at = created_at - interval '25 hours'")
        .execute(&mut *tx)
        .await
        .expect("aged");
    tx.commit().await.expect("committed");
    assert_eq!(call(&test, "k", &json!(2)).await, Ok(true));
}
