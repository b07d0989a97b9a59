//! Turns what a script or the page says a citizen does into the message object of a webhook.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::graph::media::{new_id, signed_url};
use crate::problem::Problem;
use crate::state::message::Direction;
use crate::state::world::{Media, Number};
use crate::state::{App, Kept};

const MEDIA: &[&str] = &["image", "audio", "video", "document", "sticker"];

/// The message object without `from`, `id` and `timestamp`; media are kept, button taps are resolved.
pub fn compose(app: &App, world: &mut Kept, number: &Number, citizen: &str, said: Value) -> Result<Value, Problem> {
    let Value::Object(mut message) = said else { return Err(Problem::invalid("a message object is wanted")) };
    let Some(kind) = message.get("type").and_then(Value::as_str).map(str::to_owned) else {
        return Err(Problem::invalid("`type` is missing"));
    };
    if kind == "button_tap" {
        return tap(world, number, citizen, &message);
    }
    for given in ["from", "id", "timestamp", "from_user_id"] {
        if message.contains_key(given) {
            return Err(Problem::invalid(format!("`{given}` is the simulator's to give")));
        }
    }
    if !message.contains_key(&kind) && !matches!(kind.as_str(), "unsupported" | "unknown" | "request_welcome") {
        return Err(Problem::invalid(format!(
            "`{kind}` is missing: a message of type {kind} has an object of that name"
        )));
    }
    if kind == "text" && !message["text"]["body"].is_string() {
        return Err(Problem::invalid("`text.body` must be a string"));
    }
    if MEDIA.contains(&kind.as_str()) {
        let object = message.get_mut(&kind).and_then(Value::as_object_mut);
        attach(app, world, &kind, object.ok_or_else(|| Problem::invalid(format!("`{kind}` must be an object")))?)?;
    }
    if let Some(quoted) = message.get("context").and_then(|context| context["id"].as_str()) {
        message.insert("context".into(), context(world, number, quoted));
    }
    Ok(Value::Object(message))
}

/// Who wrote the quoted message stands in `context.from`.
fn context(world: &Kept, number: &Number, quoted: &str) -> Value {
    let from = world
        .message(quoted)
        .filter(|message| message.direction == Direction::Inbound)
        .map_or_else(|| number.display_phone_number.clone(), |message| message.citizen.clone());
    json!({"from": from, "id": quoted})
}

/// `{"type":"button_tap","title":"Ya"}` or `"id"`: taps it on the newest message that has it.
fn tap(world: &Kept, number: &Number, citizen: &str, said: &Map<String, Value>) -> Result<Value, Problem> {
    let (key, wanted) = ["id", "title"]
        .iter()
        .find_map(|key| said.get(*key).and_then(Value::as_str).map(|wanted| (*key, wanted)))
        .ok_or_else(|| Problem::invalid("button_tap needs `title` or `id`"))?;
    let only = said.get("wamid").and_then(Value::as_str);
    let found = world
        .conversation(citizen, Some(&number.phone_number_id))
        .rev()
        .filter(|message| message.direction == Direction::Outbound && only.is_none_or(|wamid| message.wamid == wamid))
        .find_map(|message| {
            let button = message.buttons().into_iter().find(|button| {
                let text = button[key].as_str().unwrap_or_default();
                if key == "id" { text == wanted } else { text.eq_ignore_ascii_case(wanted) }
            })?;
            Some((message, button))
        });
    let Some((message, button)) = found else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "no-such-button",
            format!("no message shows a button with {key} {wanted:?}"),
        ));
    };
    let reply_kind = if message.raw["interactive"]["type"] == "list" { "list_reply" } else { "button_reply" };
    let mut reply = json!({"id": button["id"], "title": button["title"]});
    if let Some(description) = button.get("description").filter(|text| text.is_string()) {
        reply["description"] = description.clone();
    }
    Ok(json!({
        "type": "interactive",
        "context": {"from": number.display_phone_number, "id": message.wamid},
        "interactive": {"type": reply_kind, reply_kind: reply},
    }))
}

/// Uploads `data_base64`, or looks up the `id` of media that are here already.
fn attach(app: &App, world: &mut Kept, kind: &str, object: &mut Map<String, Value>) -> Result<(), Problem> {
    let media = if let Some(data) = object.remove("data_base64") {
        let bytes = data.as_str().and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.ok_or_else(|| Problem::invalid(format!("`{kind}.data_base64` is not base64")))?;
        let mime_type = object.get("mime_type").and_then(Value::as_str).map(str::to_owned);
        let media = Media {
            id: new_id(),
            mime_type: mime_type.ok_or_else(|| Problem::invalid(format!("`{kind}.mime_type` is missing")))?,
            filename: object.get("filename").and_then(Value::as_str).map(str::to_owned),
            created_ms: app.clock.now_ms(),
            bytes: bytes.into(),
        };
        world.keep_media(media.clone());
        media
    } else if let Some(id) = object.get("id").and_then(Value::as_str) {
        world.media.get(id).cloned().ok_or_else(|| Problem::invalid(format!("no media with id {id}")))?
    } else {
        return Err(Problem::invalid(format!("`{kind}` needs `id` or `data_base64` with `mime_type`")));
    };
    object.insert("id".into(), media.id.clone().into());
    object.insert("mime_type".into(), media.mime_type.clone().into());
    object.insert("sha256".into(), STANDARD.encode(media.sha256()).into());
    if let Some(base) = &app.config.public_url {
        object.insert("url".into(), signed_url(app, base.as_str().trim_end_matches('/'), &media.id).into());
    }
    Ok(())
}
