//! A message on its way in: whose it is, what remembers it, and the row that it becomes.

use chrono::{DateTime, Utc};
use contracts::message::{Author, Direction, MediaRef, MediaState, MessageMarks, MessageStatus, MessageView};
use contracts::{ContactId, ConversationId, MessageId, OfficeId, TurnId};
use hmac::{Hmac, KeyInit, Mac};
use platform::outbox::Cause;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use uuid::{NoContext, Timestamp, Uuid};

use super::parse::InboundMessage;
use crate::contacts::Contact;
use crate::media::NewMedia;
use crate::numbers::Number;

/// Kinds that say something but ask for no answer.
const SILENT_KINDS: [&str; 4] = ["reaction", "edit", "revoke", "request_welcome"];

/// Where a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Citizen,
    /// Staff wrote it in the business app on their phone.
    Echo,
    /// It is older than this service.
    History {
        outbound: bool,
        status: Option<MessageStatus>,
    },
}

/// One message of a batch.
#[derive(Debug)]
pub struct Arrival<'a> {
    pub number: &'a Number,
    pub message: &'a InboundMessage,
    pub source: Source,
    pub cause: &'a Cause,
    pub key: Vec<u8>,
}

impl<'a> Arrival<'a> {
    pub fn new(
        identity_key: &SecretString,
        number: &'a Number,
        message: &'a InboundMessage,
        source: Source,
        cause: &'a Cause,
    ) -> Self {
        // Echoes and the past have namespaces of their own; a file that comes late has another kind.
        let name = match source {
            Source::Citizen => message.wamid.clone(),
            Source::Echo => format!("echo\0{}", message.wamid),
            Source::History { .. } => format!("history\0{}\0{}", message.kind, message.wamid),
        };
        Self { number, message, source, cause, key: seen_key(identity_key, "message", name.as_bytes()) }
    }

    /// The office wrote it.
    pub fn is_outbound(&self) -> bool {
        matches!(self.source, Source::Echo | Source::History { outbound: true, .. })
    }

    /// It opens or prolongs a turn, if the bot has the conversation.
    pub fn is_answerable(&self) -> bool {
        self.source == Source::Citizen
            && self.message.group_id.is_none()
            && !SILENT_KINDS.contains(&self.message.kind.as_str())
    }

    /// The citizen's own word, from which the 24 hours count. In a group they did not write to the office alone.
    pub fn opens_window(&self) -> bool {
        !self.is_outbound() && self.message.group_id.is_none()
    }

    /// Screens learn of it at once; the past would drown them.
    pub fn is_live(&self) -> bool {
        !matches!(self.source, Source::History { .. })
    }
}

/// A row of `messages`, and what goes with it.
#[derive(Debug)]
pub struct NewMessage<'a> {
    pub office: OfficeId,
    pub view: MessageView,
    pub reply_id: Option<&'a str>,
    pub described: bool,
    pub raw: &'a Value,
    pub turn: Option<TurnId>,
    pub media: Option<NewMedia<'a>>,
}

impl<'a> NewMessage<'a> {
    pub fn of(
        arrival: &Arrival<'a>,
        contact: &Contact,
        conversation: ConversationId,
        seq: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let message = arrival.message;
        let outbound = arrival.is_outbound();
        let (author, status) = match arrival.source {
            Source::Citizen | Source::History { outbound: false, .. } => (Author::Citizen, MessageStatus::Received),
            Source::Echo => (Author::Admin, MessageStatus::Sent),
            Source::History { outbound: true, status } => (Author::Admin, status.unwrap_or(MessageStatus::Sent)),
        };
        // Lists are in the order of ids: the past stands where it belongs.
        let id = if arrival.is_live() { MessageId::new() } else { MessageId(id_at(message.sent_at)) };
        let media = message.media.as_ref().map(|found| {
            NewMedia::of(
                found,
                &message.kind,
                arrival.number,
                message.sent_at,
                now,
                (id, conversation, contact.contact_id),
            )
        });
        let view = MessageView {
            id,
            wamid: Some(message.wamid.clone()),
            conversation_id: conversation,
            contact_id: contact.contact_id,
            wa_user_id: contact.wa_user_id.clone(),
            seq,
            direction: if outbound { Direction::Outbound } else { Direction::Inbound },
            author,
            kind: message.kind.clone(),
            text: message.text.clone(),
            media: media.as_ref().map(media_ref),
            location: message.location.clone(),
            status,
            error: None,
            sent_at: message.sent_at,
            marks: MessageMarks {
                reply_to: message.reply_to.clone(),
                group_id: message.group_id.clone(),
                ..MessageMarks::default()
            },
        };
        Self {
            office: arrival.number.office,
            view,
            reply_id: message.reply_id.as_deref(),
            described: message.described,
            raw: &message.raw,
            turn: None,
            media,
        }
    }
}

fn media_ref(media: &NewMedia<'_>) -> MediaRef {
    MediaRef {
        id: media.id.to_string(),
        mime_type: media.found.mime_type.clone(),
        filename: media.found.filename.clone(),
        state: Some(media.state),
        reason: media.reason.clone().filter(|_| media.state != MediaState::Pending),
        ..MediaRef::default()
    }
}

/// An id that sorts at a time in the past.
fn id_at(at: DateTime<Utc>) -> Uuid {
    Uuid::new_v7(Timestamp::from_unix(NoContext, at.timestamp().unsigned_abs(), at.timestamp_subsec_nanos()))
}

/// The contact that a row belongs to, for maps.
pub type Place<'a> = (OfficeId, ContactId, &'a str);

/// What remembers an item without saying whose it was: a wamid holds the phone number in clear.
pub fn seen_key(key: &SecretString, sort: &str, item: &[u8]) -> Vec<u8> {
    let mut bytes = format!("seen {sort}\0").into_bytes();
    bytes.extend_from_slice(key.expose_secret().as_bytes());
    match Hmac::<Sha256>::new_from_slice(&bytes) {
        Ok(mac) => mac.chain_update(item).finalize().into_bytes().to_vec(),
        // HMAC takes keys of every length.
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}
