//! Whether a message body is one that WhatsApp takes: every rule and limit that can be told without the network.
//!
//! Pure: the body in, the addressed and typed message out, or Meta's error. Lengths count UTF-16 units, the stricter of
//! the readings of "characters".

mod interactive;
mod plain;

use serde_json::Value;

use super::errors::GraphError;

/// Who shall get it, as the caller wrote it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Address {
    /// `to`: digits, and whether a plus sign stood before them.
    Phone { input: String, digits: String, plus: bool },
    /// `recipient`: a business-scoped user id.
    User(String),
}

#[derive(Clone, Debug)]
pub struct Outgoing {
    pub address: Address,
    pub kind: String,
    pub callback: Option<String>,
    /// The id of media that must exist for this number.
    pub media_id: Option<String>,
}

pub type Checked<T = ()> = Result<T, GraphError>;

/// Checks a whole body of `POST /{version}/{phone_number_id}/messages`.
pub fn message(body: &Value) -> Checked<Outgoing> {
    let Some(fields) = body.as_object() else { return Err(GraphError::parameter("Invalid parameter")) };
    product(body)?;
    let group = match fields.get("recipient_type").map(Value::as_str) {
        None | Some(Some("individual")) => false,
        Some(Some("group")) => true,
        Some(_) => return Err(one_of("recipient_type", &["individual", "group"])),
    };
    let kind = match fields.get("type") {
        None => "text",
        Some(kind) => kind.as_str().ok_or_else(|| GraphError::parameter("Param type must be a string"))?,
    };
    if group {
        return Err(group_refusal(kind));
    }
    let address = address(body)?;
    let callback = string(body, "biz_opaque_callback_data", "biz_opaque_callback_data", 512)?.map(str::to_owned);
    if let Some(context) = fields.get("context") {
        required_string(context, "message_id", "context['message_id']", usize::MAX)?;
        if kind == "reaction" {
            return Err(GraphError::invalid("Parameter 'context' is not allowed with a reaction."));
        }
    }
    let Some(content) = fields.get(kind).filter(|content| !content.is_null()) else {
        return Err(if KINDS.contains(&kind) {
            GraphError::parameter(&format!("The parameter {kind} is required."))
        } else {
            one_of("type", KINDS)
        });
    };
    let media_id = content_of(kind, content)?;
    Ok(Outgoing { address, kind: kind.to_owned(), callback, media_id })
}

const KINDS: &[&str] = &[
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

fn content_of(kind: &str, content: &Value) -> Checked<Option<String>> {
    match kind {
        "text" => plain::text(content).map(|()| None),
        "image" | "video" | "audio" | "document" | "sticker" => plain::media(kind, content),
        "location" => plain::location(content).map(|()| None),
        "contacts" => plain::contacts(content).map(|()| None),
        "reaction" => plain::reaction(content).map(|()| None),
        "template" => plain::template(content).map(|()| None),
        "interactive" => interactive::interactive(content),
        _ => Err(one_of("type", KINDS)),
    }
}

/// `messaging_product` must be there and be `whatsapp`.
pub fn product(body: &Value) -> Checked {
    match body.get("messaging_product").map(Value::as_str) {
        Some(Some("whatsapp")) => Ok(()),
        None => Err(GraphError::parameter("The parameter messaging_product is required.")),
        Some(_) => Err(one_of("messaging_product", &["whatsapp"])),
    }
}

fn group_refusal(kind: &str) -> GraphError {
    if matches!(kind, "text" | "image" | "video" | "audio" | "document" | "sticker" | "template" | "pin") {
        GraphError::of(131_020, "The group does not exist.")
    } else {
        GraphError::of(130_501, format!("Messages of type {kind} can't be sent to a group."))
    }
}

/// `to` wins over `recipient`.
fn address(body: &Value) -> Checked<Address> {
    if let Some(to) = body.get("to") {
        let input = to.as_str().ok_or_else(|| GraphError::parameter("Param to must be a string"))?;
        let punctuated = input.trim().chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c));
        let digits: String = input.chars().filter(char::is_ascii_digit).collect();
        if !punctuated || !(5..=15).contains(&digits.len()) {
            return Err(GraphError::invalid("The parameter 'to' is not a valid phone number."));
        }
        return Ok(Address::Phone { input: input.to_owned(), digits, plus: input.trim().starts_with('+') });
    }
    match body.get("recipient").map(Value::as_str) {
        None => Err(GraphError::parameter("The parameter to is required.")),
        Some(Some(id)) if crate::state::world::is_user_id(id) => Ok(Address::User(id.to_owned())),
        Some(_) => Err(GraphError::invalid("The parameter 'recipient' is not a valid business-scoped user ID.")),
    }
}

fn one_of(name: &str, allowed: &[&str]) -> GraphError {
    GraphError::parameter(&format!("Param {name} must be one of {{{}}}", allowed.join(", ").to_uppercase()))
}

/// An optional string with a greatest length.
fn string<'a>(of: &'a Value, key: &str, path: &str, max: usize) -> Checked<Option<&'a str>> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.encode_utf16().count() <= max => Ok(Some(text)),
        Some(Value::String(_)) => Err(too_long(path, max)),
        Some(_) => Err(GraphError::parameter(&format!("Param {path} must be a string"))),
    }
}

/// A string that must be there and hold something.
fn required_string<'a>(of: &'a Value, key: &str, path: &str, max: usize) -> Checked<&'a str> {
    string(of, key, path, max)?.filter(|text| !text.is_empty()).ok_or_else(|| GraphError::missing(path))
}

fn too_long(path: &str, max: usize) -> GraphError {
    if path.starts_with("text[") {
        GraphError::parameter(&format!("Param {path} must be at most {max} characters long."))
    } else {
        GraphError::invalid(format!("{path}: length invalid. Max length: {max}."))
    }
}

fn array<'a>(of: &'a Value, key: &str, path: &str) -> Checked<&'a [Value]> {
    match of.get(key) {
        None | Some(Value::Null) => Err(GraphError::missing(path)),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(GraphError::parameter(&format!("Param {path} must be an array"))),
    }
}
