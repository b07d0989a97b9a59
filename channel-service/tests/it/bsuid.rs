//! A citizen whom WhatsApp names by a user id alone, from the first word to the answer on the phone.

use serde_json::json;

use crate::running::Running;
use crate::stage::{Stage, listed, reply, word};

const USER: &str = "ID.13491208655302741918";

#[tokio::test]
async fn who_has_only_a_user_id_is_heard_and_answered() {
    let running = Running::new().await;
    running.phones.says(USER, &json!({"type": "text", "text": {"body": "selamat pagi"}})).await;
    let shown = running.shown(USER, 1).await;
    assert_eq!(shown, ["Baik: selamat pagi"]);
    let turn = running.heard().remove(0);
    assert_eq!(turn.wa_user_id, USER);
    testkit::until("the report has come back", async || {
        let out = listed(&running.api, "/internal/messages?direction=outbound").await;
        matches!(out[0]["status"].as_str(), Some("delivered" | "read")).then_some(())
    })
    .await;
    assert_eq!(listed(&running.api, &format!("/internal/messages?wa_user_id={USER}")).await.len(), 2);
}

#[tokio::test]
async fn a_user_id_is_a_recipient_and_a_number_has_its_plus() {
    let (stage, stub) = Stage::with_stub().await;
    let at = stage.seconds().to_string();
    let text = |id: &str| json!({"id": id, "timestamp": at, "type": "text", "text": {"body": "halo"}});
    let mut anonymous = text("w1");
    anonymous["from_user_id"] = USER.into();
    let contacts = json!([{"profile": {"username": "@budi"}, "user_id": USER}]);
    let value = json!({"contacts": contacts, "messages": [anonymous]});
    stage.delivers(&[crate::stage::value(crate::stage::NUMBER, &value)]).await;
    stage.quiet().await;
    let turn = stage.turns().await.remove(0);
    stage.driver.reply(&stage.test.delivery(&reply(&turn, "Baik"))).await.expect("an answer");
    stage.hears("6281234567890", "w2", "halo").await;
    stage.sends("6281234567890", "kabar").await;
    stage.send().await;
    let sent: Vec<_> = stub.requests().into_iter().filter(|request| request["type"] == "text").collect();
    let to_user = sent.iter().find(|request| request["text"]["body"] == "Baik").expect("sent");
    assert_eq!((&to_user["recipient"], to_user.get("to")), (&json!(USER), None));
    let to_phone = sent.iter().find(|request| request["text"]["body"] == "kabar").expect("sent");
    assert_eq!((word(to_phone, "to").as_str(), to_phone.get("recipient")), ("+6281234567890", None));
}
