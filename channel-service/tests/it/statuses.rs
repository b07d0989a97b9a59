//! What WhatsApp reports moves a message forward, whenever it comes.

use contracts::events::conversation::StatusChanged;
use contracts::message::MessageStatus::{self, Delivered, Failed, Read, Sent};

use crate::stage::{CITIZEN, Stage, word};

/// A message that was sent, and its wamid.
async fn sent(stage: &Stage) -> (String, String) {
    stage.hears(CITIZEN, "w1", "halo").await;
    let id = stage.sends(CITIZEN, "Selamat pagi").await;
    stage.send().await;
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!(message["status"], "sent", "{message}");
    (id, word(&message, "wamid"))
}

async fn told(stage: &Stage) -> Vec<MessageStatus> {
    stage.test.outbox::<StatusChanged>().await.iter().map(|event| event.status).collect()
}

#[tokio::test]
async fn reports_in_any_order_only_lead_forward() {
    let (stage, _stub) = Stage::with_stub().await;
    let (_, wamid) = sent(&stage).await;
    for status in ["delivered", "sent", "read", "delivered", "failed", "read"] {
        stage.reports(&wamid, status, None).await;
    }
    assert_eq!(stage.out(CITIZEN).await[0].1, "read");
    assert_eq!(told(&stage).await, [Sent, Delivered, Read]);
}

#[tokio::test]
async fn a_failure_is_told_with_its_reason_and_a_later_delivery_replaces_it() {
    let (stage, _stub) = Stage::with_stub().await;
    let (_, wamid) = sent(&stage).await;
    stage.reports(&wamid, "failed", None).await;
    let message = stage.messages(CITIZEN).await.pop().expect("a message");
    assert_eq!(message["status"], "failed");
    assert!(word(&message, "error").contains("131026"), "{message}");
    stage.reports(&wamid, "sent", None).await;
    assert_eq!(stage.out(CITIZEN).await[0].1, "failed", "sent is no news after failed");
    stage.reports(&wamid, "delivered", None).await;
    assert_eq!(stage.out(CITIZEN).await[0].1, "delivered");
    assert_eq!(told(&stage).await, [Sent, Failed, Delivered]);
    assert_eq!(stage.test.outbox::<StatusChanged>().await[1].errors[0].code, 131_026);
}

#[tokio::test]
async fn a_report_may_come_before_its_sends_answer() {
    // Once with our own id in it, once with the wamid alone.
    for with_callback in [true, false] {
        let (stage, stub) = Stage::with_stub().await;
        stage.hears(CITIZEN, "w1", "halo").await;
        let id = stage.sends(CITIZEN, "Selamat pagi").await;
        stub.close();
        let sending = async { stage.driver.send().await.expect("a round") };
        let reporting = async {
            stub.called(1).await;
            let callback = with_callback.then_some(id.as_str());
            stage.reports("wamid.stub.1", "sent", callback).await;
            stage.reports("wamid.stub.1", "delivered", callback).await;
            stub.open();
        };
        tokio::join!(sending, reporting);
        let message = stage.messages(CITIZEN).await.pop().expect("a message");
        assert_eq!(
            (&message["status"], &message["wamid"]),
            (&"delivered".into(), &"wamid.stub.1".into()),
            "{with_callback}"
        );
        stage.send().await;
        assert_eq!(stub.log().len(), 1);
        assert_eq!(stage.count("SELECT count(*) FROM early_statuses").await, 0);
    }
}

#[tokio::test]
async fn a_report_of_another_numbers_office_moves_nothing() {
    let (stage, _stub) = Stage::with_stub().await;
    let (id, wamid) = sent(&stage).await;
    stage.second_office("777").await;
    let report = serde_json::json!({"statuses": [{"id": wamid, "status": "read", "timestamp": "1795140000", "biz_opaque_callback_data": id}]});
    stage.delivers(&[crate::stage::value("777", &report)]).await;
    assert_eq!(stage.count("SELECT count(*) FROM messages WHERE status = 'sent'").await, 1);
}
