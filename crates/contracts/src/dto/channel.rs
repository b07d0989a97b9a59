//! channel-service's bodies.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events::conversation::Holder;
use crate::message::{Author, MessageStatus};
use crate::{ContactId, ConversationId, MessageId, PhoneNumberId};

/// `202` of `POST /internal/messages/send`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageAccepted {
    pub message_id: MessageId,
    pub status: MessageStatus,
}

/// `POST /internal/contacts/resolve`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResolveContact {
    pub wa_user_id: String,
    #[serde(default)]
    pub phone_number_id: Option<PhoneNumberId>,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResolvedContact {
    pub contact_id: ContactId,
}

/// A conversation as lists and screens show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationView {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub phone_number_id: PhoneNumberId,
    #[serde(default)]
    pub wa_user_id: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    /// `bot`, `waiting` (for a person) or `human`.
    pub status: String,
    pub epoch: i64,
    #[serde(default)]
    pub holder: Option<Holder>,
    /// Why a person is wanted.
    #[serde(default)]
    pub waiting_reason: Option<String>,
    #[serde(default)]
    pub summary: Option<String>,
    pub last_seq: i64,
    #[serde(default)]
    pub last_message_at: Option<DateTime<Utc>>,
    /// Until then anything may be written; afterwards only templates.
    #[serde(default)]
    pub window_closes_at: Option<DateTime<Utc>>,
    /// Since when a person is wanted.
    #[serde(default)]
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the takeover ends if its holder stays silent.
    #[serde(default)]
    pub takeover_expires_at: Option<DateTime<Utc>>,
    /// What the last person wrote when they gave it back.
    #[serde(default)]
    pub last_note: Option<String>,
    /// The latest message, for lists.
    #[serde(default)]
    pub last_message: Option<MessagePreview>,
    /// Messages of the citizen since anybody wrote to them or looked.
    #[serde(default)]
    pub unread: i32,
    /// What the holder must know now: `takeover_expires` (at `takeover_expires_at`, unless they write).
    #[serde(default)]
    pub warning: Option<String>,
    /// The citizen is blocked: what they write is kept and not answered.
    #[serde(default)]
    pub blocked: bool,
}

/// As much of a message as a list shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagePreview {
    pub author: Author,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub text: Option<String>,
    pub status: MessageStatus,
}

/// `POST /internal/takeover/{id}/start`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartTakeover {
    pub admin_id: String,
    pub admin_name: String,
    #[serde(default)]
    pub reason: Option<String>,
    /// Take it from another holder; needs the permission to.
    #[serde(default)]
    pub force: bool,
}

/// `POST /internal/takeover/{id}/end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EndTakeover {
    pub admin_id: String,
    #[serde(default)]
    pub note: Option<String>,
}

/// Who has a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TakeoverState {
    pub active: bool,
    pub conversation_id: ConversationId,
    pub epoch: i64,
    #[serde(default)]
    pub admin: Option<Holder>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}
