//! Every limit of a message, and the error that breaks it.

use serde_json::{Value, json};

use crate::stage::{CITIZEN, NUMBER, Stage, authorized, wamid};

fn buttons(count: usize, title: &str) -> Value {
    let buttons: Vec<Value> = (0..count)
        .map(|n| json!({"type": "reply", "reply": {"id": format!("b{n}"), "title": format!("{title}{n}")}}))
        .collect();
    json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Benar?"}, "action": {"buttons": buttons}}})
}

fn list(sections: usize, rows: usize, title: &str, description: &str) -> Value {
    let sections: Vec<Value> = (0..sections)
        .map(|s| {
            let rows: Vec<Value> = (0..rows)
                .map(|r| json!({"id": format!("{s}-{r}"), "title": title, "description": description}))
                .collect();
            json!({"title": format!("Bagian {s}"), "rows": rows})
        })
        .collect();
    json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "Pilih"}, "action": {"button": "Pilihan", "sections": sections}}})
}

#[tokio::test]
async fn what_whatsapp_takes_is_taken() {
    let stage = Stage::new().await;
    stage.hello().await;
    let taken = [
        json!({"text": {"body": "tanpa type"}}),
        json!({"type": "text", "text": {"body": "x".repeat(4096)}, "biz_opaque_callback_data": "c".repeat(512)}),
        json!({"type": "image", "image": {"link": "https://example.org/a.jpg", "caption": "x".repeat(1024)}}),
        json!({"type": "location", "location": {"latitude": -6.39, "longitude": 106.82, "name": "Kantor"}}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Kantor"}, "phones": []}]}),
        buttons(3, "Ya, sudah benar "),
        list(2, 5, "123456789012345678901234", &"d".repeat(72)),
        json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "Lihat"},
               "action": {"name": "cta_url", "parameters": {"display_text": "Buka", "url": "https://example.org"}}}}),
        json!({"type": "interactive", "interactive": {"type": "location_request_message", "body": {"text": "Di mana?"},
               "action": {"name": "send_location"}}}),
        json!({"type": "template", "template": {"name": "status_laporan", "language": {"code": "id"},
               "components": [{"type": "body", "parameters": [{"type": "text", "text": "LAP"}]}]}}),
    ];
    for content in taken {
        let (status, body) = stage.send(content.clone()).await;
        assert_eq!(status, 200, "{content} → {body}");
        assert_eq!(body["contacts"][0], json!({"input": format!("+{CITIZEN}"), "wa_id": CITIZEN}));
        assert!(wamid(&body).starts_with("wamid."));
    }
}

#[tokio::test]
async fn each_broken_limit_has_its_code() {
    let stage = Stage::new().await;
    stage.hello().await;
    let refused = [
        (100, json!({"type": "text", "text": {"body": "x".repeat(4097)}})),
        (100, json!({"type": "text", "text": {"body": "😀".repeat(2049)}})),
        (131_008, json!({"type": "text", "text": {"body": ""}})),
        (100, json!({"type": "text"})),
        (100, json!({"type": "poem", "poem": {}})),
        (100, json!({"to": null, "type": "text", "text": {"body": "x"}})),
        (131_009, json!({"to": "bukan nomor", "type": "text", "text": {"body": "x"}})),
        (131_021, json!({"to": "+62 21 5000 1234", "type": "text", "text": {"body": "x"}})),
        (100, json!({"messaging_product": "telegram", "type": "text", "text": {"body": "x"}})),
        (131_009, json!({"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "c".repeat(513)})),
        (131_009, json!({"type": "image", "image": {"link": "https://e.org/a", "caption": "x".repeat(1025)}})),
        (100, json!({"type": "audio", "audio": {"link": "https://e.org/a", "caption": "x"}})),
        (131_008, json!({"type": "image", "image": {}})),
        (100, json!({"type": "image", "image": {"id": "404"}})),
        (131_009, json!({"type": "location", "location": {"latitude": 91, "longitude": 0}})),
        (131_008, json!({"type": "contacts", "contacts": [{"name": {}}]})),
        (131_008, json!({"type": "reaction", "reaction": {"message_id": "wamid.x"}})),
        (131_009, buttons(4, "Tombol")),
        (131_009, buttons(0, "Tombol")),
        (131_009, buttons(1, &"t".repeat(20))),
        (131_009, list(1, 11, "Baris", "")),
        (131_009, list(11, 1, "Baris", "")),
        (131_009, list(1, 1, &"t".repeat(25), "")),
        (131_009, list(1, 1, "Baris", &"d".repeat(73))),
        (132_001, json!({"type": "template", "template": {"name": "Huruf Besar", "language": {"code": "id"}}})),
        (130_501, json!({"recipient_type": "group", "to": "abc", "type": "interactive", "interactive": {}})),
    ];
    for (code, content) in refused {
        let (status, body) = stage.send(content.clone()).await;
        assert_eq!(body["error"]["code"], code, "{content} → {body}");
        assert_eq!(status, if code == 132_001 { 404 } else { 400 }, "{body}");
        assert!(body["error"]["fbtrace_id"].as_str().is_some_and(|trace| !trace.is_empty()));
        assert!(body["error"]["message"].as_str().is_some_and(|text| text.starts_with(&format!("(#{code})"))));
    }
    assert_eq!(stage.conversation(CITIZEN).await.len(), 1, "a refused call changes nothing");
}

#[tokio::test]
async fn the_caller_must_be_known() {
    let stage = Stage::new().await;
    let body = json!({"messaging_product": "whatsapp", "to": "+6281234567890", "text": {"body": "x"}});
    let path = format!("{}/v25.0/{NUMBER}/messages", stage.url);
    for request in [stage.client.post(&path), stage.client.post(&path).bearer_auth("wrong")] {
        let (status, answer) = stage.call(request.json(&body)).await;
        assert_eq!((status, &answer["error"]["code"]), (401, &json!(190)));
    }
    let stranger = stage.client.post(format!("{}/v25.0/999/messages", stage.url));
    let (status, answer) = stage.call(authorized(stranger).json(&body)).await;
    assert_eq!((status, &answer["error"]["code"], &answer["error"]["error_subcode"]), (400, &json!(100), &json!(33)));
    let unversioned = stage.client.post(format!("{}/latest/{NUMBER}/messages", stage.url));
    let (status, answer) = stage.call(authorized(unversioned).json(&body)).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(2500)));
}
