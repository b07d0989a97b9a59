//! Faults do what they say, and `{}` heals them.

use serde_json::json;

use crate::stage::{CITIZEN, Stage, wamid};

#[tokio::test]
async fn a_dropped_answer_closes_the_connection_and_shows_the_message_once() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.put("/sim/faults", json!({"drop_responses": true})).await;
    let body = json!({"messaging_product": "whatsapp", "to": format!("+{CITIZEN}"), "text": {"body": "sekali"},
                      "biz_opaque_callback_data": "handle"});
    let error = stage.graph(&body).send().await.expect_err("no answer");
    assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");

    let shown = stage.conversation(CITIZEN).await;
    assert_eq!(shown.iter().filter(|message| message["direction"] == "outbound").count(), 1);
    let read = stage.status(shown[1]["wamid"].as_str().unwrap(), "read").await;
    assert_eq!(read["statuses"][0]["biz_opaque_callback_data"], "handle");

    stage.put("/sim/faults", json!({})).await;
    assert_eq!(stage.send_text("sehat").await.0, 200);
}

#[tokio::test]
async fn sends_are_refused_with_the_wanted_code() {
    let stage = Stage::new().await;
    stage.hello().await;
    for (code, status) in [(131_000, 500), (131_016, 500), (2, 503), (130_429, 400), (190, 401), (368, 403)] {
        stage.put("/sim/faults", json!({"send_error": {"code": code, "rate": 1.0}})).await;
        let (answered, body) = stage.send_text("x").await;
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)));
    }
    assert_eq!(stage.put("/sim/faults", json!({"send_eror": {}})).await.0, 400, "unknown faults are refused");
}

#[tokio::test]
async fn duplicates_come_byte_for_byte() {
    let mut stage = Stage::new().await;
    stage.put("/sim/faults", json!({"webhook": {"duplicate": 2}})).await;
    stage.hello().await;
    let first = stage.hook().await.bytes;
    assert_eq!(stage.hook().await.bytes, first);
    assert_eq!(stage.hook().await.bytes, first);
}

#[tokio::test]
async fn a_dropped_webhook_is_delivered_by_retry() {
    let mut stage = Stage::new().await;
    stage.put("/sim/faults", json!({"webhook": {"drop_rate": 1.0}})).await;
    stage.hello().await;
    stage.put("/sim/faults", json!({})).await;
    assert_eq!(stage.hook().await.value()["messages"][0]["text"]["body"], "halo");
}

#[tokio::test]
async fn lost_statuses_never_come() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.hook().await;
    stage.put("/sim/faults", json!({"webhook": {"lose_statuses": true}})).await;
    let lost = wamid(&stage.send_text("tanpa status").await.1);
    loop {
        let shown = stage.conversation(CITIZEN).await;
        if shown[1]["status"] == "read" {
            break;
        }
        tokio::task::yield_now().await;
    }
    stage.put("/sim/faults", json!({})).await;
    let told = wamid(&stage.send_text("dengan status").await.1);
    let next = stage.hook().await.value();
    assert_eq!(next["statuses"][0]["id"], told, "nothing about {lost}");
}

#[tokio::test]
async fn a_phone_that_is_off_gets_its_messages_later() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.put(&format!("/sim/citizens/{CITIZEN}"), json!({"online": false})).await;
    let waiting = wamid(&stage.send_text("nanti").await.1);
    stage.status(&waiting, "sent").await;
    stage.put(&format!("/sim/citizens/{CITIZEN}"), json!({"online": true})).await;
    stage.status(&waiting, "delivered").await;

    stage.put(&format!("/sim/citizens/{CITIZEN}"), json!({"fail_with": 131_026})).await;
    let failing = wamid(&stage.send_text("tak sampai").await.1);
    assert_eq!(stage.status(&failing, "failed").await["statuses"][0]["errors"][0]["code"], 131_026);
}
