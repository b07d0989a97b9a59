//! Webhooks: their bytes, their signature, their retries.

use serde_json::{Value, json};
use simulator::sign;

use crate::stage::{CITIZEN, NUMBER, SECRET, Stage, wamid};

#[test]
fn signatures_match_known_vectors() {
    // The well-known HMAC-SHA256 example, and an empty body.
    let fox = sign("key", b"The quick brown fox jumps over the lazy dog");
    assert_eq!(fox, "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    let empty = sign("test_app_secret", b"");
    assert_eq!(empty, "sha256=517bc4c7d1d8d400868e0ad6f64b77098b818a2f2595004253a1922302a602c0");
}

#[tokio::test]
async fn a_message_comes_signed_and_escaped_as_meta_does() {
    let mut stage = Stage::new().await;
    let path = format!("/sim/citizens/{CITIZEN}/messages?name=Bu%20Adé");
    stage.post(&path, json!({"type": "text", "text": {"body": "café 👍 RT 02/05"}})).await;
    let hook = stage.hook().await;
    assert_eq!(hook.signature.as_deref(), Some(sign(SECRET, &hook.bytes).as_str()));
    let wire = String::from_utf8(hook.bytes.to_vec()).unwrap();
    assert!(wire.is_ascii());
    assert!(wire.contains(r"caf\u00e9 \ud83d\udc4d RT 02\/05"), "{wire}");
    let value = hook.value();
    assert_eq!(value["metadata"]["phone_number_id"], NUMBER);
    assert_eq!(value["contacts"][0]["profile"]["name"], "Bu Adé");
    assert_eq!(value["contacts"][0]["wa_id"], CITIZEN);
    assert_eq!(value["messages"][0]["from"], CITIZEN);
    assert_eq!(value["messages"][0]["timestamp"], "1760000000");
    assert_eq!(value["messages"][0]["text"]["body"], "café 👍 RT 02/05");
}

#[tokio::test]
async fn a_webhook_is_repeated_until_it_is_taken() {
    let mut stage = Stage::new().await;
    stage.office_answers(&[503, 401, 201, 500]);
    let sent = stage.hello().await;
    let first = stage.hook().await;
    for _ in 0..4 {
        assert_eq!(stage.hook().await.bytes, first.bytes, "the whole body comes again");
    }
    let (_, reply) = stage.send_text("dijawab").await;
    stage.status(&wamid(&reply), "read").await;
    let stats = stage.get("/sim/stats").await["webhooks"].clone();
    assert_eq!(stats["failures"], 4, "{stats}");
    let shown = stage.conversation(CITIZEN).await;
    assert_eq!((&shown[0]["wamid"], &shown[0]["status"]), (&json!(sent), &json!("delivered")));
}

#[tokio::test]
async fn statuses_carry_the_callback_and_come_in_order() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    stage.hook().await;
    let (_, answer) =
        stage.send(json!({"type": "text", "text": {"body": "halo"}, "biz_opaque_callback_data": "job-42"})).await;
    let sent = stage.status(&wamid(&answer), "sent").await;
    assert_eq!(sent["statuses"][0]["biz_opaque_callback_data"], "job-42");
    assert_eq!(sent["statuses"][0]["recipient_id"], CITIZEN);
    assert_eq!(sent["statuses"][0]["pricing"]["pricing_model"], "PMP");
    stage.status(&wamid(&answer), "read").await;
}

#[tokio::test]
async fn a_raw_body_goes_out_as_it_is() {
    let mut stage = Stage::new().await;
    let body = format!(
        r#"{{"object":"whatsapp_business_account", "entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"{NUMBER}"}},"messages":[{{"from":"{CITIZEN}","id":"wamid.own","timestamp":"1760000000","type":"text","text":{{"body":"h\u00e9"}}}}]}}}}]}}]}}"#
    );
    let raw = |query: &str| stage.client.post(format!("{}/sim/webhooks{query}", stage.url)).body(body.clone());
    let (good, unsigned, forged) = (raw(""), raw("?sign=false"), raw("").header("x-sim-signature", "sha256=00"));

    assert_eq!(stage.call(good).await.1, json!({"status": 200}));
    let hook = stage.hook().await;
    assert_eq!(hook.bytes, body.as_bytes());
    assert_eq!(hook.signature, Some(sign(SECRET, body.as_bytes())));
    assert_eq!(stage.conversation(CITIZEN).await[0]["wamid"], "wamid.own", "it shows on the phone");

    stage.office_answers(&[401]);
    assert_eq!(stage.call(unsigned).await.1["status"], 401);
    assert_eq!(stage.hook().await.signature, None);
    stage.call(forged).await;
    assert_eq!(stage.hook().await.signature.as_deref(), Some("sha256=00"));
    assert_eq!(stage.conversation(CITIZEN).await.len(), 1);
}

#[tokio::test]
async fn read_receipts_turn_ticks_blue() {
    let stage = Stage::new().await;
    let first = stage.hello().await;
    let second = stage.hello().await;
    let receipt = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second,
                         "typing_indicator": {"type": "text"}});
    assert_eq!(stage.call(stage.graph(&receipt)).await, (200, json!({"success": true})));
    let shown = stage.conversation(CITIZEN).await;
    assert!(shown.iter().all(|message| message["status"] == "read"), "{first} is read as well");
    let unknown = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"});
    assert_eq!(stage.call(stage.graph(&unknown)).await.1["error"]["code"], 131_009);
    let health: Value = stage.get("/health").await;
    assert_eq!(health["simulator"], true);
}
