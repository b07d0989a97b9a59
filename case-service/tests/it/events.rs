//! What goes over the real broker: out through the outbox, in through the queue.

use axum::http::StatusCode;
use case_service::{App, CaseService, MIGRATOR};
use contracts::events::contact::ContactMerged;
use contracts::topology::{self, Queue};
use contracts::{ContactId, OfficeId};
use platform::bus::{Consumer, Delivery, Handler, HandlerError};
use platform::outbox::{self, Cause};
use serde_json::json;
use testkit::{Test, until};
use tokio::sync::mpsc;

use crate::world::{body, config, number, path};

/// Somebody who listens to complaints.
const LISTENER: Queue = Queue { service: "listener", binding: "complaint.#" };

struct Listener(mpsc::UnboundedSender<(String, Option<i64>, Option<OfficeId>)>);

#[async_trait::async_trait]
impl Handler for Listener {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let attributes = &delivery.attributes;
        let _ = self.0.send((delivery.routing_key.clone(), attributes.sequence, attributes.office_id));
        Ok(())
    }
}

#[tokio::test]
async fn a_complaints_life_is_told_in_order_and_a_merge_is_heard() {
    let queues = [LISTENER, topology::CASE_MERGES, topology::CASE_OFFICES];
    let test = Test::with_broker("case-service", &MIGRATOR, &queues).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let service = case_service::service(&App::new(test.ctx.clone(), &config("http://127.0.0.1:9")).expect("an app"));
    let api = test.run::<CaseService>(service.consumer(Consumer::new(LISTENER, 1, Listener(tell))));

    let (old, new) = (ContactId::new(), ContactId::new());
    let created = api.post("/internal/complaints", &body(old)).await.expect(StatusCode::CREATED);
    api.put(&path(number(&created)), &json!({"patokan": "depan masjid"})).await.expect(StatusCode::OK);
    api.put(&path(number(&created)), &json!({"status": "terverifikasi"})).await.expect(StatusCode::OK);
    for (key, version) in [("complaint.created", 1), ("complaint.updated", 2), ("complaint.status_changed", 3)] {
        assert_eq!(told.recv().await, Some((key.to_owned(), Some(version), Some(OfficeId::FIRST))));
    }

    let mut tx = test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    let merged = ContactMerged { from: old, into: new };
    outbox::append(&test.ctx, &mut tx, OfficeId::FIRST, &merged, &Cause::none()).await.expect("an event");
    tx.commit().await.expect("a commit");
    test.ctx.outbox.wake();
    until("the merge was heard", || async {
        let detail = api.get(&path(number(&created))).await.json();
        (detail["contact_id"] == json!(new)).then_some(())
    })
    .await;
}
