//! The whole way: events over the real broker, the real workers, a citizen told once, and what became of it.

use contracts::events::Event;
use contracts::events::turn::TurnOutcome;
use contracts::message::MessageStatus;
use contracts::topology;
use contracts::{ComplaintStatus, ContactId, OfficeId, TurnId};
use notification_service::{MIGRATOR, NotificationService};
use platform::Daemon;
use platform::clock::Clock;
use platform::outbox::{self, Cause};
use testkit::{Test, until};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::world::{accepted, closed, config, created, message_of, moved};

const QUEUES: [topology::Queue; 6] = [
    topology::NOTIFICATION_COMPLAINTS,
    topology::NOTIFICATION_TURNS,
    topology::NOTIFICATION_STATUSES,
    topology::NOTIFICATION_REQUESTS,
    topology::NOTIFICATION_OFFICES,
    topology::NOTIFICATION_MERGES,
];

async fn say<E: Event>(test: &Test, event: &E) {
    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, event, &Cause::none()).await.expect("an event");
    tx.commit().await.expect("a commit");
    test.ctx.outbox.wake();
}

#[tokio::test]
async fn from_the_event_to_the_phone_and_back() {
    let channel = MockServer::start().await;
    Mock::given(path("/internal/messages/send"))
        .respond_with(|request: &Request| {
            let key =
                request.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
            ResponseTemplate::new(202).set_body_json(accepted(&key))
        })
        .mount(&channel)
        .await;
    let test = Test::with_broker_and_clock("notification-service", &MIGRATOR, &QUEUES, Clock::system()).await;
    let service = NotificationService::build(test.ctx.clone(), config(&channel.uri())).expect("a service");
    let api = test.run::<NotificationService>(service);

    let (answered, expired) = (TurnId::new(), TurnId::new());
    say(&test, &closed(answered, TurnOutcome::Replied)).await;
    say(&test, &created(ContactId::new(), Some(answered))).await;
    say(&test, &created(ContactId::new(), Some(expired))).await;
    say(&test, &closed(expired, TurnOutcome::Expired)).await;
    say(&test, &moved(ContactId::new(), ComplaintStatus::Selesai, "sudah")).await;

    let told = until("two are told and one is not", || async {
        let page = api.get("/internal/notifications").await.json();
        let all = page["data"].as_array().cloned().unwrap_or_default();
        let count = |status: &str| all.iter().filter(|one| one["status"] == status).count();
        (count("accepted") == 2 && count("silent") == 1).then_some(all)
    })
    .await;
    let id = told
        .iter()
        .find(|one| one["kind"] == "complaint_status")
        .and_then(|one| one["id"].as_str())
        .expect("an id")
        .to_owned();
    let report = contracts::events::conversation::StatusChanged {
        message_id: message_of(&id),
        conversation_id: contracts::ConversationId::new(),
        wamid: None,
        status: MessageStatus::Delivered,
        errors: Vec::new(),
        at: test.clock.now(),
    };
    say(&test, &report).await;
    until("it is delivered", || async {
        let one = api.get(&format!("/internal/notifications/{id}")).await.json();
        (one["status"] == "delivered").then_some(())
    })
    .await;
    assert_eq!(channel.received_requests().await.map(|all| all.len()), Some(2));
}
