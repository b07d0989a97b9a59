//! What goes to the Graph API: the assistant's reply, or a caller's message, as WhatsApp wants it.

use contracts::message::Reply;
use serde_json::{Map, Value, json};

use super::limits::{self, Violation, units};

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
            .take(limits::BUTTONS)
            .map(|button| json!({"type": "reply", "reply": {"id": button.id, "title": cut(&button.title, limits::LABEL)}}))
            .collect();
        return interactive(
            json!({"type": "button", "body": {"text": cut(&reply.text, limits::BODY)}, "action": {"buttons": buttons}}),
        );
    }
    if let Some(list) = &reply.list {
        let rows: Vec<Value> = list
            .rows
            .iter()
            .take(limits::ROWS)
            .map(|row| {
                let mut fields = json!({"id": row.id, "title": cut(&row.title, limits::ROW_TITLE)});
                if let Some(description) = &row.description {
                    fields["description"] = cut(description, limits::ROW_DESCRIPTION).into();
                }
                fields
            })
            .collect();
        let action = json!({"button": cut(&list.button, limits::LABEL), "sections": [{"rows": rows}]});
        return interactive(
            json!({"type": "list", "body": {"text": cut(&reply.text, limits::TEXT)}, "action": action}),
        );
    }
    if reply.request_location {
        let body = cut(&reply.text, limits::BODY);
        return interactive(
            json!({"type": "location_request_message", "body": {"text": body}, "action": {"name": "send_location"}}),
        );
    }
    GraphMessage {
        kind: "text".to_owned(),
        fields: json!({"text": {"body": cut(&reply.text, limits::TEXT), "preview_url": false}}),
        text,
    }
}

/// A caller's message: `type` and the object of that name, as the Graph API has them. Names every violated limit.
pub fn of_call(kind: &str, rest: &Map<String, Value>) -> Result<GraphMessage, Vec<Violation>> {
    let violations = limits::check(kind, rest);
    if !violations.is_empty() {
        return Err(violations);
    }
    let fields = Value::Object(rest.clone());
    let text = SHOWN.iter().find_map(|pointer| fields.pointer(pointer).and_then(Value::as_str)).map(str::to_owned);
    Ok(GraphMessage { kind: kind.to_owned(), fields, text })
}

/// Where the words stand that screens show.
const SHOWN: [&str; 8] = [
    "/text/body",
    "/interactive/body/text",
    "/image/caption",
    "/video/caption",
    "/document/caption",
    "/reaction/emoji",
    "/location/name",
    "/template/name",
];

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
        assert!(units(body) <= limits::BODY && body.ends_with('…'));
        let title = message
            .fields
            .pointer("/interactive/action/buttons/0/reply/title")
            .and_then(Value::as_str)
            .expect("a title");
        assert!(units(title) <= limits::LABEL);
        assert_eq!(cut("pas", 3), "pas");
    }
}
