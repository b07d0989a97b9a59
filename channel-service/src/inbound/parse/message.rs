//! One message object: from a citizen, from the phone app of the office (an echo), or from the past (history).

use chrono::{DateTime, Utc};
use contracts::message::{Location, MessageStatus};
use serde_json::Value;

use super::json::{id, text, timestamp};
use super::media::{self, FoundMedia};
use super::sender::{self, Sender};
use super::words;

/// A message between a citizen and one of the office's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    pub phone_number_id: String,
    pub wamid: String,
    /// The citizen: who wrote it, or whom an echo went to.
    pub sender: Sender,
    pub sent_at: DateTime<Utc>,
    /// WhatsApp's word for it, such as `text`.
    pub kind: String,
    pub text: Option<String>,
    /// The text is a description of ours.
    pub described: bool,
    /// The id of the tapped button or row.
    pub reply_id: Option<String>,
    /// The message that it answers.
    pub reply_to: Option<String>,
    pub media: Option<FoundMedia>,
    pub location: Option<Location>,
    pub group_id: Option<String>,
    /// What it does to an earlier message.
    pub amends: Option<Amendment>,
    pub raw: Value,
}

/// Something that happens to an earlier message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The wamid of that message.
    pub target: String,
    pub change: Change,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It says this now. `None`: only its file is another one.
    Edited(Option<String>),
    Revoked,
    /// `None`: the reaction is taken back.
    Reacted(Option<String>),
}

/// A message from before this service was there.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryMessage {
    pub message: InboundMessage,
    /// The office wrote it.
    pub outbound: bool,
    pub status: Option<MessageStatus>,
}

/// What stands around a message.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub phone_number_id: Option<&'a str>,
    /// The office's number as it is shown.
    pub display: Option<&'a str>,
    pub contacts: &'a [&'a Value],
    /// It is the only one beside the only contact.
    pub alone: bool,
    pub received_at: DateTime<Utc>,
}

/// From a citizen. `None`: no id, no number or nobody who wrote it; kept as something else.
pub fn read(message: &Value, around: Around<'_>) -> Option<InboundMessage> {
    let own =
        sender::ids(id(message.get("from")), id(message.get("from_user_id")), id(message.get("from_parent_user_id")));
    let citizen = sender::pair(own, around.contacts, around.alone)?;
    with_citizen(message, citizen, around)
}

/// Written by staff in the business app: it went to the citizen.
pub fn read_echo(message: &Value, around: Around<'_>) -> Option<InboundMessage> {
    let own = sender::ids(id(message.get("to")), id(message.get("to_user_id")), id(message.get("to_parent_user_id")));
    let citizen = sender::pair(own, around.contacts, around.alone)?;
    with_citizen(message, citizen, around)
}

/// From the past, in the thread of a citizen; without one (late media) the sender decides.
pub fn read_history(message: &Value, thread: Option<&Value>, around: Around<'_>) -> Option<HistoryMessage> {
    let from = id(message.get("from"));
    let (citizen, outbound) = match thread.and_then(|thread| id(thread.get("id"))) {
        Some(citizen) => {
            let outbound = from.as_ref().is_some_and(|from| *from != citizen && is_ours(from, around));
            (Sender::of(Some(citizen), None, None)?, outbound)
        }
        None => match id(message.get("to")) {
            Some(to) => (Sender::of(Some(to), id(message.get("to_user_id")), None)?, true),
            None => (
                sender::pair(sender::ids(from, id(message.get("from_user_id")), None), around.contacts, around.alone)?,
                false,
            ),
        },
    };
    let status = text(message.pointer("/history_context/status"))
        .and_then(|word| MessageStatus::from_word(&word.to_lowercase()))
        .filter(|status| {
            matches!(
                status,
                MessageStatus::Sent | MessageStatus::Delivered | MessageStatus::Read | MessageStatus::Played
            )
        });
    Some(HistoryMessage { message: with_citizen(message, citizen, around)?, outbound, status })
}

/// The office's own number, in whatever spelling; where it is not told, whoever is not the citizen.
fn is_ours(from: &str, around: Around<'_>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match around.display.map(digits).filter(|display| !display.is_empty()) {
        Some(display) => digits(from) == display || Some(from) == around.phone_number_id,
        None => true,
    }
}

fn with_citizen(message: &Value, sender: Sender, around: Around<'_>) -> Option<InboundMessage> {
    let kind = kind(message);
    // A system notice is about a contact, not from one.
    if kind == "system" {
        return None;
    }
    let words = words::of(message, &kind);
    Some(InboundMessage {
        phone_number_id: around.phone_number_id?.to_owned(),
        wamid: id(message.get("id"))?,
        sender,
        sent_at: timestamp(message.get("timestamp")).unwrap_or(around.received_at),
        text: words.text,
        described: words.described,
        reply_id: reply_id(message),
        reply_to: id(message.pointer("/context/id")),
        media: media::read(message, &kind),
        location: media::location(message),
        group_id: id(message.get("group_id")),
        amends: amendment(message, &kind),
        kind,
        raw: message.clone(),
    })
}

/// WhatsApp's word for it; where it is missing, the object that is there.
pub fn kind(message: &Value) -> String {
    const BODIES: [&str; 14] = [
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "button",
        "reaction",
        "order",
        "system",
    ];
    id(message.get("type")).unwrap_or_else(|| {
        let found = BODIES.iter().find(|body| message.get(**body).is_some());
        found.map_or("unknown", |body| *body).to_owned()
    })
}

fn reply_id(message: &Value) -> Option<String> {
    ["/interactive/button_reply/id", "/interactive/list_reply/id", "/button/payload"]
        .iter()
        .find_map(|pointer| text(message.pointer(pointer)))
}

fn amendment(message: &Value, kind: &str) -> Option<Amendment> {
    let at = |pointer: &str| id(message.pointer(pointer));
    let (target, change) = match kind {
        "reaction" => (at("/reaction/message_id")?, Change::Reacted(at("/reaction/emoji"))),
        "revoke" => (at("/revoke/original_message_id")?, Change::Revoked),
        "edit" => {
            let inner = message.pointer("/edit/message").unwrap_or(&Value::Null);
            let words = words::of(inner, &self::kind(inner));
            (at("/edit/original_message_id")?, Change::Edited(words.text.filter(|_| !words.described)))
        }
        _ => return None,
    };
    Some(Amendment { target, change })
}
