//! Conversations as open dashboards follow them, and who has them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::dto::channel::ConversationView;
use crate::message::{MessageStatus, MessageView};
use crate::{ConversationId, MessageId};

/// A message was stored, in either direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageStored {
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub message: MessageView,
}

impl Event for MessageStored {
    const ROUTING_KEY: &'static str = "conversation.message_stored";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.seq)
    }
}

/// A conversation changed in any other way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationChanged {
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub change: ConversationView,
}

impl Event for ConversationChanged {
    const ROUTING_KEY: &'static str = "conversation.changed";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.seq)
    }
}

/// An outbound message moved forward, or failed, before or after it reached WhatsApp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusChanged {
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    #[serde(default)]
    pub wamid: Option<String>,
    pub status: MessageStatus,
    #[serde(default)]
    pub errors: Vec<SendError>,
    pub at: DateTime<Utc>,
}

/// Why a message did not go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendError {
    pub code: i64,
    pub title: String,
    #[serde(default)]
    pub details: Option<String>,
}

impl Event for StatusChanged {
    const ROUTING_KEY: &'static str = "whatsapp.status.changed";
    fn subject(&self) -> String {
        self.message_id.to_string()
    }
}

/// The person who holds a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holder {
    pub id: String,
    pub name: String,
}

/// A person has the conversation: the bot is silent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeoverStarted {
    pub conversation_id: ConversationId,
    pub epoch: i64,
    pub admin: Holder,
    #[serde(default)]
    pub note: Option<String>,
}

impl Event for TakeoverStarted {
    const ROUTING_KEY: &'static str = "takeover.started";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.epoch)
    }
}

/// The bot has the conversation again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeoverEnded {
    pub conversation_id: ConversationId,
    pub epoch: i64,
    pub admin: Holder,
    #[serde(default)]
    pub note: Option<String>,
}

impl Event for TakeoverEnded {
    const ROUTING_KEY: &'static str = "takeover.ended";
    fn subject(&self) -> String {
        self.conversation_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.epoch)
    }
}
