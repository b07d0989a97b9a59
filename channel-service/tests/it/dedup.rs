//! Whatever comes twice is done once.

use axum::http::StatusCode;
use futures_util::future::join_all;
use testkit::until;

use crate::running::Running;
use crate::stage::{CITIZEN, Stage, body, listed, post, text};

#[tokio::test]
async fn the_same_webhook_ten_times_and_in_another_body_is_one_message_one_turn_one_reply() {
    let running = Running::new().await;
    let at = running.test.clock.now().timestamp();
    let once = body(&[text(CITIZEN, "wamid.same", at, "halo")]);
    let twice = body(&[text("6281200000009", "wamid.other", at, "juga"), text(CITIZEN, "wamid.same", at, "halo")]);
    let mut posts: Vec<_> = (0..10).map(|_| post(&running.api, &once)).collect();
    posts.push(post(&running.api, &twice));
    for answer in join_all(posts).await {
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(running.shown(CITIZEN, 1).await, ["Baik: halo"]);
    assert_eq!(running.shown("6281200000009", 1).await, ["Baik: juga"]);

    // Late copies change nothing either.
    assert_eq!(post(&running.api, &twice).await.status, StatusCode::OK);
    let last = body(&[text(CITIZEN, "wamid.last", at, "lagi")]);
    assert_eq!(post(&running.api, &last).await.status, StatusCode::OK);
    assert_eq!(running.shown(CITIZEN, 2).await, ["Baik: halo", "Baik: lagi"]);
    let inbound = listed(&running.api, "/internal/messages?direction=inbound").await;
    assert_eq!(inbound.len(), 3, "{inbound:?}");
    assert_eq!(running.heard().len(), 3);
}

#[tokio::test]
async fn two_bodies_with_one_message_at_once_are_one_message() {
    let stage = Stage::alone().await;
    let at = stage.seconds();
    for round in 0..5 {
        let wamid = format!("wamid.{round}");
        let bodies: Vec<_> = (0..6).map(|n| [body(&[text(CITIZEN, &wamid, at, &format!("{n}"))])]).collect();
        let verdicts = join_all(bodies.iter().map(|body| stage.driver.intake(body))).await;
        // A deadlock among them would say `Unavailable` and come again; here there is none.
        assert!(
            verdicts.iter().flatten().all(|verdict| matches!(verdict, platform::bus::Verdict::Done)),
            "{verdicts:?}"
        );
    }
    assert_eq!(stage.messages(CITIZEN).await.len(), 5);
    assert!(stage.aside().await.is_empty(), "a repetition is no failure");
    assert_eq!(stage.count("SELECT count(*) FROM user_profiles").await, 1, "and one contact");
    assert_eq!(stage.count("SELECT count(*) FROM turns").await, 1, "and one turn that collects");
}

#[tokio::test]
async fn an_answer_that_is_delivered_twice_is_sent_once() {
    let (stage, phones) = Stage::with_phones().await;
    stage.hears(CITIZEN, "wamid.1", "halo").await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    let delivery = stage.test.delivery(&crate::stage::reply(&turn, "Baik"));
    for _ in 0..3 {
        stage.driver.reply(&delivery).await.expect("done");
        stage.send().await;
    }
    assert_eq!(phones.texts(CITIZEN).await, ["Baik"]);
    until("the phone has it", async || (phones.shows(CITIZEN).await.len() == 1).then_some(())).await;
}
