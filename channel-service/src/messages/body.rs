//! What goes to the Graph API: the assistant's reply, or a caller's message, as WhatsApp wants it.

use contracts::message::Reply;
use serde_json::{Map, Value, json};

/// The Graph message types that callers may send.
const TYPES: [&str; 10] =
    ["text", "image", "audio", "video", "document", "sticker", "location", "contacts", "interactive", "template"];
/// Characters of a text (UTF-16 units, the larger count).
const MAX_TEXT: usize = 4096;
const MAX_BUTTON_BODY: usize = 1024;
const MAX_TITLE: usize = 20;
const MAX_ROW_TITLE: usize = 24;
const MAX_ROW_DESCRIPTION: usize = 72;

/// A message's kind, its Graph fields, and the words to show on screens.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphMessage {
    pub kind: String,
    pub fields: Value,
    pub text: Option<String>,
}

/// The reply as one bubble. What is longer than WhatsApp allows is cut at the end, visibly, rather than refused.
pub fn of_reply(reply: &Reply) -> GraphMessage {
    let text = Some(reply.text.clone());
    let interactive = |fields: Value| GraphMessage {
        kind: "interactive".to_owned(),
        fields: json!({"interactive": fields}),
        text: text.clone(),
    };
    if !reply.buttons.is_empty() {
        let buttons: Vec<Value> = reply
            .buttons
            .iter()
            .take(3)
            .map(|button| json!({"type": "reply", "reply": {"id": button.id, "title": cut(&button.title, MAX_TITLE)}}))
            .collect();
        return interactive(
            json!({"type": "button", "body": {"text": cut(&reply.text, MAX_BUTTON_BODY)}, "action": {"buttons": buttons}}),
        );
    }
    if let Some(list) = &reply.list {
        let rows: Vec<Value> = list
            .rows
            .iter()
            .take(10)
            .map(|row| {
                let mut fields = json!({"id": row.id, "title": cut(&row.title, MAX_ROW_TITLE)});
                if let Some(description) = &row.description {
                    fields["description"] = cut(description, MAX_ROW_DESCRIPTION).into();
                }
                fields
            })
            .collect();
        let action = json!({"button": cut(&list.button, MAX_TITLE), "sections": [{"rows": rows}]});
        return interactive(json!({"type": "list", "body": {"text": cut(&reply.text, MAX_TEXT)}, "action": action}));
    }
    if reply.request_location {
        let body = cut(&reply.text, MAX_BUTTON_BODY);
        return interactive(
            json!({"type": "location_request_message", "body": {"text": body}, "action": {"name": "send_location"}}),
        );
    }
    GraphMessage {
        kind: "text".to_owned(),
        fields: json!({"text": {"body": cut(&reply.text, MAX_TEXT), "preview_url": false}}),
        text,
    }
}

/// A caller's message: `type` and the object of that name, as the Graph API has them. Names every bad field.
pub fn of_call(kind: &str, rest: &Map<String, Value>) -> Result<GraphMessage, Vec<(String, String)>> {
    let mut errors = Vec::new();
    if !TYPES.contains(&kind) {
        errors.push(("type".to_owned(), format!("must be one of {}", TYPES.join(", "))));
        return Err(errors);
    }
    for key in rest.keys().filter(|key| *key != kind && *key != "context") {
        errors.push((key.clone(), "is not known here".to_owned()));
    }
    let body = rest.get(kind);
    match body {
        None => errors.push((kind.to_owned(), format!("is missing: a message of type {kind} needs it"))),
        Some(body) if kind == "text" => match body.get("body").and_then(Value::as_str) {
            None => errors.push(("text.body".to_owned(), "is missing: the text to send".to_owned())),
            Some(text) if text.trim().is_empty() => errors.push(("text.body".to_owned(), "is empty".to_owned())),
            Some(text) if units(text) > MAX_TEXT => {
                errors.push((
                    "text.body".to_owned(),
                    format!("is {} characters long; WhatsApp takes {MAX_TEXT}", units(text)),
                ));
            }
            Some(_) => {}
        },
        Some(_) => {}
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let text = ["/text/body", "/interactive/body/text", "/image/caption", "/video/caption", "/document/caption"]
        .iter()
        .find_map(|pointer| Value::Object(rest.clone()).pointer(pointer).and_then(Value::as_str).map(str::to_owned));
    Ok(GraphMessage { kind: kind.to_owned(), fields: Value::Object(rest.clone()), text })
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text, or as much of it as fits, with an ellipsis.
fn cut(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let mut left = limit - 1;
    let kept: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use contracts::message::Button;

    use super::*;

    #[test]
    fn nothing_that_leaves_is_longer_than_whatsapp_takes() {
        let long = "é🙂".repeat(3000);
        let reply = Reply {
            text: long.clone(),
            buttons: vec![Button { id: "ya".to_owned(), title: long.clone() }],
            ..Reply::default()
        };
        let message = of_reply(&reply);
        let body = message.fields.pointer("/interactive/body/text").and_then(Value::as_str).expect("a body");
        assert!(units(body) <= MAX_BUTTON_BODY && body.ends_with('…'));
        let title = message
            .fields
            .pointer("/interactive/action/buttons/0/reply/title")
            .and_then(Value::as_str)
            .expect("a title");
        assert!(units(title) <= MAX_TITLE);
        assert_eq!(cut("pas", 3), "pas");
    }

    #[test]
    fn every_bad_field_of_a_call_is_named() {
        let call = json!({"text": {"body": ""}, "colour": "red"});
        let errors = of_call("text", call.as_object().expect("an object")).expect_err("bad");
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["colour", "text.body"]);
        assert_eq!(of_call("fax", &Map::new()).expect_err("bad")[0].0, "type");
    }
}
