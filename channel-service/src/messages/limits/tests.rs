use serde_json::{Map, Value, json};

use super::*;

fn fields(kind: &str, content: Value) -> Vec<String> {
    let call = Map::from_iter([(kind.to_owned(), content)]);
    check(kind, &call).into_iter().map(|(field, _)| field).collect()
}

fn buttons(titles: &[&str]) -> Value {
    let buttons: Vec<Value> = titles
        .iter()
        .enumerate()
        .map(|(n, title)| json!({"type": "reply", "reply": {"id": format!("b{n}"), "title": title}}))
        .collect();
    json!({"type": "button", "body": {"text": "Benar?"}, "action": {"buttons": buttons}})
}

fn list(sections: usize, rows: usize) -> Value {
    let sections: Vec<Value> = (0..sections)
        .map(|s| {
            let rows: Vec<Value> = (0..rows).map(|r| json!({"id": format!("{s}-{r}"), "title": "Baris"})).collect();
            json!({"title": format!("Bagian {s}"), "rows": rows})
        })
        .collect();
    json!({"type": "list", "body": {"text": "Pilih"}, "action": {"button": "Pilihan", "sections": sections}})
}

fn action(kind: &str, action: &Value) -> Value {
    json!({"type": kind, "body": {"text": "Silakan"}, "action": action})
}

#[test]
fn what_whatsapp_takes_is_taken() {
    let key = "media/01920000-0000-7000-8000-6f6666696365/2026/11/01920000-0000-7000-8000-000000000001";
    let flow = json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Isi", "flow_action": "navigate"});
    for (kind, content) in [
        ("text", json!({"body": "x".repeat(4096), "preview_url": true})),
        ("image", json!({"link": "https://example.org/a.jpg", "caption": "é".repeat(1024)})),
        ("image", json!({"key": key, "mime_type": "image/png"})),
        ("video", json!({"id": "1"})),
        ("audio", json!({"media_id": "m1", "voice": true})),
        ("document", json!({"id": "1", "caption": "surat", "filename": "surat.pdf"})),
        ("sticker", json!({"id": "1"})),
        ("location", json!({"latitude": -6.39, "longitude": "106.82", "name": "Kantor"})),
        ("contacts", json!([{"name": {"formatted_name": "Kantor"}}])),
        ("reaction", json!({"message_id": "wamid.x", "emoji": "👍🏽"})),
        ("reaction", json!({"message_id": "wamid.x", "emoji": ""})),
        ("interactive", buttons(&["Ya", "Tidak", "😀😀😀😀😀😀😀😀😀😀"])),
        ("interactive", list(2, 5)),
        (
            "interactive",
            action(
                "cta_url",
                &json!({"name": "cta_url", "parameters": {"display_text": "Buka", "url": "https://e.org"}}),
            ),
        ),
        ("interactive", action("location_request_message", &json!({"name": "send_location"}))),
        ("interactive", action("request_contact_info", &json!({"name": "request_contact_info"}))),
        ("interactive", action("flow", &json!({"name": "flow", "parameters": flow}))),
        (
            "template",
            json!({"name": "kabar_1", "language": {"code": "id"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "a"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "a"}]}]}),
        ),
    ] {
        assert_eq!(fields(kind, content.clone()), Vec::<String>::new(), "{kind} {content}");
    }
}

#[test]
fn each_violated_limit_is_named() {
    for (kind, content, expected) in [
        ("text", json!({"body": "x".repeat(4097)}), "text.body"),
        ("text", json!({"body": "😀".repeat(2049)}), "text.body"),
        ("text", json!({"body": "a", "preview_url": "ya"}), "text.preview_url"),
        ("image", json!({}), "image"),
        ("image", json!({"id": "1", "link": "https://e.org"}), "image"),
        ("image", json!({"link": "ftp://e.org"}), "image.link"),
        ("image", json!({"key": "../etc/passwd", "mime_type": "image/png"}), "image.key"),
        ("image", json!({"id": "1", "caption": "x".repeat(1025)}), "image.caption"),
        ("audio", json!({"id": "1", "caption": "x"}), "audio.caption"),
        ("video", json!({"id": "1", "filename": "x"}), "video.filename"),
        ("image", json!({"id": "1", "voice": true}), "image.voice"),
        ("location", json!({"latitude": 91, "longitude": 0}), "location.latitude"),
        ("location", json!({"latitude": 1}), "location.longitude"),
        ("contacts", json!([]), "contacts"),
        ("contacts", json!([{"name": {}}]), "contacts[0].name.formatted_name"),
        ("reaction", json!({"message_id": "w", "emoji": "ok"}), "reaction.emoji"),
        ("reaction", json!({"emoji": "👍"}), "reaction.message_id"),
        ("interactive", buttons(&["a", "b", "c", "d"]), "interactive.action.buttons"),
        ("interactive", buttons(&[]), "interactive.action.buttons"),
        ("interactive", buttons(&["a", "a"]), "interactive.action.buttons[1].reply.title"),
        ("interactive", buttons(&["😀😀😀😀😀😀😀😀😀😀😀"]), "interactive.action.buttons[0].reply.title"),
        ("interactive", list(1, 11), "interactive.action.sections"),
        ("interactive", list(11, 1), "interactive.action.sections"),
        ("interactive", action("location_request_message", &json!({"name": "x"})), "interactive.action.name"),
        ("interactive", json!({"type": "fax"}), "interactive.type"),
        ("template", json!({"name": "Kabar", "language": {"code": "id"}}), "template.name"),
        ("template", json!({"name": "kabar", "language": {}}), "template.language.code"),
    ] {
        let named = fields(kind, content.clone());
        assert!(named.iter().any(|field| field == expected), "{kind} {content}: {named:?}");
    }
}

#[test]
fn all_of_them_are_named_at_once_with_the_remedy() {
    let message = json!({
        "type": "button", "header": {"type": "text", "text": "h".repeat(61)}, "body": {"text": "b".repeat(1025)},
        "footer": {"text": "f".repeat(61)},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "", "title": "t".repeat(21)}}]},
    });
    let call = Map::from_iter([("interactive".to_owned(), message), ("colour".to_owned(), json!("red"))]);
    let found = check("interactive", &call);
    let named: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        named,
        [
            "colour",
            "interactive.body.text",
            "interactive.footer.text",
            "interactive.header.text",
            "interactive.action.buttons[0].reply.title",
            "interactive.action.buttons[0].reply.id",
        ]
    );
    assert!(found[1].1.contains("1025") && found[1].1.contains("1024") && found[1].1.contains("shorten"), "{found:?}");
    assert_eq!(check("fax", &Map::new())[0].0, "type");
}
