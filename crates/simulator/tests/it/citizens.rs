//! What citizens do: tapping, answering without a phone number, writing to a second office.

use serde_json::json;

use crate::stage::{CITIZEN, NUMBER, Stage, wamid};

#[tokio::test]
async fn a_tapped_button_answers_the_message_that_has_it() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.hook().await;
    let buttons = json!([{"type": "reply", "reply": {"id": "ya", "title": "Ya, benar"}},
                         {"type": "reply", "reply": {"id": "ubah", "title": "Ubah"}}]);
    let question = json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Sudah benar?"}, "action": {"buttons": buttons}}});
    let asked = wamid(&stage.send(question).await.1);
    stage.status(&asked, "read").await;
    let shown = stage.conversation(CITIZEN).await;
    assert_eq!(shown[1]["buttons"], json!([{"id": "ya", "title": "Ya, benar"}, {"id": "ubah", "title": "Ubah"}]));
    assert_eq!(shown[1]["text"], "Sudah benar?");

    stage.say(CITIZEN, json!({"type": "button_tap", "title": "Ya, benar"})).await;
    let tapped = stage.hook().await.value()["messages"][0].clone();
    assert_eq!(tapped["context"]["id"], asked);
    assert_eq!(
        tapped["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "ya", "title": "Ya, benar"}})
    );

    let path = format!("/sim/citizens/{CITIZEN}/messages");
    assert_eq!(stage.post(&path, json!({"type": "button_tap", "title": "Tidak ada"})).await.0, 409);
}

#[tokio::test]
async fn a_list_row_is_tapped_by_its_id() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.hook().await;
    let rows = json!([{"id": "sampah", "title": "Sampah", "description": "Menumpuk"}]);
    let list = json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "Jenis?"},
                      "action": {"button": "Pilih", "sections": [{"rows": rows}]}}});
    let asked = wamid(&stage.send(list).await.1);
    stage.status(&asked, "read").await;
    stage.say(CITIZEN, json!({"type": "button_tap", "id": "sampah"})).await;
    let reply = stage.hook().await.value()["messages"][0]["interactive"].clone();
    assert_eq!(reply["list_reply"], json!({"id": "sampah", "title": "Sampah", "description": "Menumpuk"}));
}

#[tokio::test]
async fn a_citizen_without_a_phone_number_has_a_user_id_only() {
    let mut stage = Stage::new().await;
    let user = "ID.13491208655302741918";
    stage.say(user, json!({"type": "text", "text": {"body": "halo"}})).await;
    let value = stage.hook().await.value();
    assert_eq!(value["messages"][0]["from_user_id"], user);
    assert!(value["messages"][0].get("from").is_none());
    assert_eq!(value["contacts"][0]["user_id"], user);
    assert!(value["contacts"][0].get("wa_id").is_none());

    let reply = json!({"messaging_product": "whatsapp", "recipient": user, "type": "text", "text": {"body": "hai"}});
    let (status, answer) = stage.call(stage.graph(&reply)).await;
    assert_eq!((status, &answer["contacts"][0]), (200, &json!({"input": user, "user_id": user})));
    let delivered = stage.status(&wamid(&answer), "delivered").await;
    assert_eq!(delivered["statuses"][0]["recipient_user_id"], user);
    assert!(delivered["statuses"][0].get("recipient_id").is_none());
    assert_eq!(stage.conversation(user).await.len(), 2);
}

#[tokio::test]
async fn a_second_number_has_conversations_of_its_own() {
    let mut stage = Stage::new().await;
    let number = json!({"phone_number_id": "200", "display_phone_number": "622150009999", "name": "Desa Mekar"});
    assert_eq!(stage.post("/sim/numbers", number).await.0, 201);
    let path = format!("/sim/citizens/{CITIZEN}/messages?phone_number_id=200");
    stage.post(&path, json!({"type": "text", "text": {"body": "halo desa"}})).await;
    assert_eq!(stage.hook().await.value()["metadata"]["phone_number_id"], "200");
    let closed = wamid(&stage.send_text("jendela nomor pertama tertutup").await.1);
    stage.status(&closed, "failed").await;
    assert_eq!(stage.get(&path).await["data"].as_array().unwrap().len(), 1);
    let first = format!("/sim/citizens/{CITIZEN}/messages?phone_number_id={NUMBER}");
    assert_eq!(stage.get(&first).await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_the_simulators_to_give_is_refused() {
    let stage = Stage::new().await;
    for (citizen, message) in [
        (CITIZEN, json!({"type": "text", "text": {"body": "x"}, "id": "wamid.mine"})),
        (CITIZEN, json!({"type": "text"})),
        (CITIZEN, json!({"text": {"body": "x"}})),
        ("budi", json!({"type": "text", "text": {"body": "x"}})),
    ] {
        let (status, problem) = stage.post(&format!("/sim/citizens/{citizen}/messages"), message).await;
        assert_eq!((status, &problem["status"]), (422, &json!(422)));
    }
}
