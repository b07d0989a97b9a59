//! What became of a message.

use contracts::events::notification::{NotificationDelivered, NotificationFailed};
use contracts::message::MessageStatus;
use contracts::{ComplaintStatus, ContactId, MessageId, OfficeId};
use notification_service::complaints::Complaints;
use notification_service::delivery;
use notification_service::statuses::Statuses;
use serde_json::json;

use crate::world::{World, message_of, moved, report};

async fn told(world: &World) -> MessageId {
    world.channel_accepts().await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Diproses, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    world.deliver().await;
    let id = world.notifications().await.remove(0)["id"].as_str().expect("an id").to_owned();
    message_of(&id)
}

async fn hear(world: &World, message: MessageId, status: MessageStatus) {
    let event = report(world, message, status);
    world.hear(Statuses(world.app.clone()), &world.test.delivery(&event)).await;
}

#[tokio::test]
async fn reports_lead_forward_only_and_arrival_is_told_once() {
    let world = World::new().await;
    let message = told(&world).await;
    for (report, expected) in [
        (MessageStatus::Sent, "sent"),
        (MessageStatus::Failed, "failed"),
        (MessageStatus::Sent, "failed"),
        (MessageStatus::Delivered, "delivered"),
        (MessageStatus::Delivered, "delivered"),
        (MessageStatus::Sent, "delivered"),
        (MessageStatus::Read, "read"),
        (MessageStatus::Failed, "read"),
    ] {
        hear(&world, message, report).await;
        assert_eq!(world.statuses().await, [expected], "after {report:?}");
    }
    assert_eq!(world.test.outbox::<NotificationDelivered>().await.len(), 1);
    let failed = world.test.outbox::<NotificationFailed>().await;
    assert_eq!(failed.len(), 1);
    assert!(failed[0].reason.contains("131047"), "{}", failed[0].reason);
}

#[tokio::test]
async fn a_report_that_comes_before_the_answer_is_not_lost() {
    let world = World::new().await;
    world.channel_accepts().await;
    let event = world.test.delivery(&moved(ContactId::new(), ComplaintStatus::Diproses, "x"));
    world.hear(Complaints(world.app.clone()), &event).await;
    let id = world.notifications().await.remove(0)["id"].as_str().expect("an id").to_owned();
    // Claimed by a worker that has not heard the answer yet.
    delivery::store::claim(&world.test.ctx.db, world.test.clock.now(), 1).await.expect("claimed");
    for status in [MessageStatus::Delivered, MessageStatus::Sent] {
        hear(&world, message_of(&id), status).await;
    }
    world.test.clock.advance(chrono::Duration::seconds(60));
    world.deliver().await;
    assert_eq!(world.statuses().await, ["delivered"]);
    assert_eq!(world.test.outbox::<NotificationDelivered>().await.len(), 1);
}

#[tokio::test]
async fn reports_of_others_messages_leave_nothing_behind() {
    let world = World::new().await;
    hear(&world, MessageId::new(), MessageStatus::Delivered).await;
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM early_statuses").fetch_one(&mut *tx).await.expect("a count");
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_status_is_set_by_hand_only_where_it_makes_sense() {
    use axum::http::StatusCode;
    let world = World::new().await;
    told(&world).await;
    let id = world.notifications().await.remove(0)["id"].as_str().expect("an id").to_owned();
    let path = format!("/internal/notifications/{id}/status");
    let refused = world.api.put(&path, &json!({"status": "pending"})).await.expect(StatusCode::CONFLICT);
    assert_eq!(refused["allowed"], json!(["sent", "delivered", "read", "failed"]));
    world.api.put(&path, &json!({"status": "gone"})).await.expect(StatusCode::BAD_REQUEST);
    let failed =
        world.api.put(&path, &json!({"status": "failed", "reason": "nomor mati"})).await.expect(StatusCode::OK);
    assert_eq!(failed["reason"], "nomor mati");
    assert_eq!(world.test.outbox::<NotificationFailed>().await.len(), 1);
}
