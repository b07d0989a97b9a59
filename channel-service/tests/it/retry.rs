//! A person tries a failed message again; and messages that never arrived.

use axum::http::StatusCode;
use chrono::Duration;
use contracts::events::conversation::StatusChanged;
use contracts::message::MessageStatus::{Failed, Queued, Sent};
use contracts::permissions::TAKE_CONVERSATIONS;
use serde_json::json;
use testkit::Answer;

use crate::graph::Stub;
use crate::stage::{CITIZEN, Stage, word};

async fn retry(stage: &Stage, id: &str) -> Answer {
    stage.person("Sari", &[TAKE_CONVERSATIONS]).post(&format!("/internal/messages/{id}/retry"), &json!({})).await
}

async fn failed(stage: &Stage, stub: &Stub, code: i64) -> String {
    stage.hears(CITIZEN, &format!("w-{code}"), "halo").await;
    let id = stage.sends(CITIZEN, "kabar").await;
    stub.next(400, json!({"error": {"code": code, "message": "no"}}));
    stage.driver.send().await.expect("a round");
    assert_eq!(stage.out(CITIZEN).await.last().expect("a message").1, "failed");
    id
}

fn kind(answer: &Answer) -> String {
    word(&answer.expect(StatusCode::CONFLICT), "type").rsplit(':').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_retry_is_a_new_attempt_under_the_same_message() {
    let (stage, stub) = Stage::with_stub().await;
    let id = failed(&stage, &stub, 131_026).await;
    let accepted = retry(&stage, &id).await.expect(StatusCode::ACCEPTED);
    assert_eq!((&accepted["message_id"], &accepted["status"]), (&json!(id), &json!("queued")));
    stage.send().await;
    assert_eq!((stub.log().len(), stage.out(CITIZEN).await), (2, vec![("kabar".to_owned(), "sent".to_owned())]));
    let told: Vec<_> = stage.test.outbox::<StatusChanged>().await.iter().map(|event| event.status).collect();
    assert_eq!(told, [Failed, Queued, Sent]);
    assert_eq!(kind(&retry(&stage, &id).await), "not-failed");
}

#[tokio::test]
async fn where_it_can_not_help_a_retry_is_refused_with_the_reason() {
    let (stage, stub) = Stage::with_stub().await;
    let id = failed(&stage, &stub, 100).await;
    let refused = retry(&stage, &id).await;
    assert_eq!(kind(&refused), "not-revivable");
    assert!(word(&refused.json(), "detail").contains("Perbaiki"), "{}", refused.text());

    let other = retry(&stage, "0192a000-0000-7000-8000-000000000000").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let path = "/internal/messages/0192a000-0000-7000-8000-000000000000/retry";
    assert_eq!(stage.person("Budi", &[]).post(path, &json!({})).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn after_the_window_or_a_takeover_a_retry_is_refused() {
    let (stage, stub) = Stage::with_stub().await;
    stage.answered(CITIZEN, "w1", "dari bot").await;
    stub.next(400, json!({"error": {"code": 131_026, "message": "no"}}));
    stage.driver.send().await.expect("a round");
    let bot = word(&stage.messages(CITIZEN).await.pop().expect("a message"), "id");
    let own = failed(&stage, &stub, 131_026).await;
    stage.takes_over("Sari").await.expect(StatusCode::OK);
    assert_eq!(kind(&retry(&stage, &bot).await), "overtaken");
    stage.test.clock.advance(Duration::hours(24));
    assert_eq!(kind(&retry(&stage, &own).await), "window-closed");
    assert_eq!(stub.log().len(), 2);
}

#[tokio::test]
async fn late_news_of_the_former_attempt_does_not_fail_the_new_one() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let id = stage.sends(CITIZEN, "kabar").await;
    stage.send().await;
    stage.reports("wamid.stub.1", "failed", Some(&id)).await;
    retry(&stage, &id).await.expect(StatusCode::ACCEPTED);
    stage.send().await;
    stage.reports("wamid.stub.1", "failed", Some(&id)).await;
    stage.reports("wamid.stub.1", "sent", Some(&id)).await;
    assert_eq!(stage.out(CITIZEN).await[0].1, "sent");
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!(message["wamid"], "wamid.stub.2");
    stage.reports("wamid.stub.2", "delivered", Some(&id)).await;
    assert_eq!((stub.log().len(), stage.out(CITIZEN).await[0].1.as_str()), (2, "delivered"));
}

#[tokio::test]
async fn what_whatsapp_never_delivered_is_said_so() {
    let (stage, _stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    let short = json!({"wa_user_id": CITIZEN, "type": "text", "ttl_seconds": 600, "text": {"body": "sebentar"}});
    stage.api.post("/internal/messages/send", &short).await.expect(StatusCode::ACCEPTED);
    stage.sends(CITIZEN, "lama").await;
    stage.send().await;
    stage.test.clock.advance(Duration::minutes(14));
    stage.driver.sweep().await.expect("a sweep");
    assert_eq!(statuses(&stage).await, ["sent", "sent"], "it may still come");
    stage.test.clock.advance(Duration::minutes(2));
    stage.driver.sweep().await.expect("a sweep");
    assert_eq!(statuses(&stage).await, ["failed", "sent"]);
    let message = stage.messages(CITIZEN).await.into_iter().find(|m| m["text"] == "sebentar").expect("one");
    assert!(word(&message, "error").contains("batas waktu"), "{message}");
    stage.reports(&word(&message, "wamid"), "delivered", None).await;
    assert_eq!(statuses(&stage).await, ["delivered", "sent"], "what arrives after all is believed");
    stage.test.clock.advance(Duration::days(31));
    stage.driver.sweep().await.expect("a sweep");
    assert_eq!(statuses(&stage).await, ["delivered", "failed"]);
}

async fn statuses(stage: &Stage) -> Vec<String> {
    stage.out(CITIZEN).await.into_iter().map(|(_, status)| status).collect()
}

#[tokio::test]
async fn what_waited_beyond_the_window_fails_with_its_reason_and_is_not_called_for() {
    let (stage, stub) = Stage::with_stub().await;
    stage.hears(CITIZEN, "w1", "halo").await;
    stage.sends(CITIZEN, "terlambat").await;
    stage.test.clock.advance(Duration::hours(25));
    stage.send().await;
    assert!(stub.log().is_empty());
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!(message["status"], "failed");
    assert!(word(&message, "error").contains("24 jam"), "{message}");
    assert_eq!(stage.test.outbox::<StatusChanged>().await[0].errors[0].code, 131_047);
}

#[tokio::test]
async fn a_message_that_is_redelivered_a_day_late_opens_no_window() {
    let stage = Stage::alone().await;
    let at = stage.seconds() - 25 * 3600;
    stage.delivers(&[crate::stage::body(&[crate::stage::text(CITIZEN, "w1", at, "kemarin")])]).await;
    let line = json!({"wa_user_id": CITIZEN, "type": "text", "text": {"body": "halo"}});
    let refused = stage.api.post("/internal/messages/send", &line).await;
    assert_eq!(kind(&refused), "window-closed");
    assert_eq!(stage.out(CITIZEN).await, Vec::<(String, String)>::new());
}
