//! A 200 means that the body is safe: in the queue, or in the spool until the queue is back.

use axum::http::StatusCode;
use channel_service::{ChannelService, MIGRATOR};
use platform::Daemon;
use testkit::{Test, until};

use crate::running::{QUEUES, Running};
use crate::stage::{CITIZEN, Stage, body, config, nobody, post, text};

const SPOOLED: &str = "SELECT count(*) FROM webhook_spool";

#[tokio::test]
async fn while_the_broker_is_away_bodies_wait_in_the_spool_and_are_taken_in_afterwards() {
    let stage = Stage::alone().await;
    for n in 0..3 {
        let line = body(&[text(CITIZEN, &format!("wamid.{n}"), stage.seconds() + n, &format!("baris {n}"))]);
        assert_eq!(stage.posts(line).await.status, StatusCode::OK);
    }
    assert_eq!(stage.count(SPOOLED).await, 3);
    assert_eq!(stage.driver.rescue().await.expect("a round"), 0, "without a broker nothing moves");

    // The same database, and the broker is back.
    let back = Test::with_broker("channel-service", &MIGRATOR, &QUEUES).await;
    let mut ctx = back.ctx.clone();
    ctx.db = stage.test.ctx.db.clone();
    let service = ChannelService::build(ctx.clone(), config(&nobody())).expect("a service");
    let (_router, consumers) = service.into_parts::<ChannelService>(&ctx).expect("a service");
    platform::service::start_workers(&ctx, consumers);
    until("all three are messages", async || (stage.messages(CITIZEN).await.len() == 3).then_some(())).await;
    until("the spool is empty", async || (stage.count(SPOOLED).await == 0).then_some(())).await;
    assert!(stage.aside().await.is_empty());
}

#[tokio::test]
async fn when_broker_and_database_are_away_whatsapp_is_told_to_come_again() {
    let stage = Stage::alone().await;
    stage.test.ctx.db.pool().close().await;
    let answer = stage.posts(body(&[text(CITIZEN, "wamid.1", stage.seconds(), "halo")])).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_database_alone_may_be_away() {
    let running = Running::new().await;
    running.test.ctx.db.pool().close().await;
    let line = body(&[text(CITIZEN, "wamid.1", running.test.clock.now().timestamp(), "halo")]);
    assert_eq!(post(&running.api, &line).await.status, StatusCode::OK);
}
