//! Turns: what a citizen said, what the assistant answers, how it ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::intent::Intent;
use crate::message::{Location, MediaRef, Reply};
use crate::{ComplaintNumber, ContactId, ConversationId, MessageId, PhoneNumberId, TurnId};

/// A closed burst, for the assistant to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageReceived {
    pub turn_id: TurnId,
    pub conversation_id: ConversationId,
    pub contact_id: ContactId,
    /// The fence: an answer with an older epoch is refused.
    pub epoch: i64,
    /// The id to show. Empty when WhatsApp did not tell one.
    pub wa_user_id: String,
    /// The last message of the turn.
    pub message_id: MessageId,
    /// The turn's texts, joined by newlines.
    pub message: String,
    pub messages: Vec<TurnMessage>,
    pub phone_number_id: PhoneNumberId,
    #[serde(default)]
    pub profile_name: Option<String>,
    /// After this the citizen gets a holding text and staff a handoff.
    pub deadline_at: DateTime<Utc>,
}

/// One message of a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnMessage {
    pub message_id: MessageId,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub text: Option<String>,
    /// The id of the button or list row that was tapped.
    #[serde(default)]
    pub reply_id: Option<String>,
    #[serde(default)]
    pub media: Option<MediaRef>,
    #[serde(default)]
    pub location: Option<Location>,
    pub sent_at: DateTime<Utc>,
}

impl Event for MessageReceived {
    const ROUTING_KEY: &'static str = "whatsapp.message.received";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
}

/// The assistant's answer to a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplyReady {
    pub turn_id: TurnId,
    pub conversation_id: ConversationId,
    pub epoch: i64,
    pub reply: Reply,
    pub intent: Intent,
    /// The complaint that this turn made, if it did.
    #[serde(default)]
    pub complaint_id: Option<ComplaintNumber>,
}

impl Event for ReplyReady {
    const ROUTING_KEY: &'static str = "ai.reply.ready";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
}

/// The assistant wants a person to take over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandoffRequested {
    pub turn_id: TurnId,
    pub conversation_id: ConversationId,
    pub epoch: i64,
    /// A stable word: `requested`, `repeated_failure`, `anger`, `out_of_authority`, `danger`, `deadline`.
    pub reason: String,
    /// What a person needs to know to go on.
    pub summary: String,
    /// What to tell the citizen.
    #[serde(default)]
    pub text: Option<String>,
}

impl Event for HandoffRequested {
    const ROUTING_KEY: &'static str = "ai.handoff.requested";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
}

/// A turn has ended, in exactly one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnClosed {
    pub turn_id: TurnId,
    pub conversation_id: ConversationId,
    pub outcome: TurnOutcome,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnOutcome {
    /// The answer was accepted for sending.
    Replied,
    /// The answer came too late: a person had taken over.
    Refused,
    HandedOff,
    /// No answer before the deadline.
    Expired,
}

impl TurnOutcome {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::Refused => "refused",
            Self::HandedOff => "handed_off",
            Self::Expired => "expired",
        }
    }
}

impl Event for TurnClosed {
    const ROUTING_KEY: &'static str = "turn.closed";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
}
