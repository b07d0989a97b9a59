//! Messages as services speak of them: directions, authors, kinds, states, and what the assistant answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ContactId, ConversationId, MessageId};

/// Which way a message went, as the office sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// Who wrote a message. Only what the bot writes is fenced by takeover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Citizen,
    Bot,
    Admin,
    System,
}

impl Author {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Bot => "bot",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    /// Reads the word in the database.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Citizen, Self::Bot, Self::Admin, Self::System].into_iter().find(|author| author.as_str() == word)
    }
}

/// How far a message has come. For outbound ones the rank only rises: see [`MessageStatus::may_become`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// From a citizen.
    Received,
    /// Accepted by us, not yet claimed by the sender.
    Queued,
    /// Claimed: a Graph call is under way.
    Sending,
    /// The call had no answer; a status will settle it, or a person will know.
    Unconfirmed,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
    /// A bot message that a person's takeover overtook; it was never sent.
    Discarded,
}

impl MessageStatus {
    /// Every status.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Queued,
        Self::Sending,
        Self::Unconfirmed,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Played,
        Self::Failed,
        Self::Discarded,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
        }
    }

    /// Reads the word in the database.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// How far along the road an outbound message stands.
    fn rank(self) -> u8 {
        match self {
            Self::Received | Self::Queued | Self::Discarded => 0,
            Self::Sending => 1,
            Self::Unconfirmed => 2,
            Self::Sent => 3,
            Self::Failed => 4,
            Self::Delivered => 5,
            Self::Read => 6,
            Self::Played => 7,
        }
    }

    /// Whether WhatsApp's report `next` moves a message in this status.
    ///
    /// sent < delivered < read < played; a later delivered or read replaces failed, nothing else does; what has
    /// arrived can't fail any more.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Received | Self::Discarded, _) => false,
            (Self::Failed, next) => matches!(next, Self::Delivered | Self::Read),
            (_, Self::Sent | Self::Delivered | Self::Read | Self::Played | Self::Failed) => next.rank() > self.rank(),
            _ => false,
        }
    }
}

/// How far a citizen's file has come on its way to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// To be fetched.
    Pending,
    Fetching,
    /// Its bytes are there.
    Stored,
    /// We don't take it: too large, not what it says it is, or damaged.
    Refused,
    /// WhatsApp does not have it any more, or never had it.
    Expired,
    /// It could not be fetched, however often it was tried.
    Failed,
}

impl MediaState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Fetching, Self::Stored, Self::Refused, Self::Expired, Self::Failed];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Fetching => "fetching",
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    /// Reads the word in the database.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A stored file, by key: events and APIs carry keys, never bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediaRef {
    /// The id under `/internal/media/{id}`.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filename: Option<String>,
    /// The key in the shared storage, once the bytes are there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// How far it has come; absent for files that were never on their way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<MediaState>,
    /// Why there are no bytes, for staff to read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size: Option<u64>,
    /// The message's text is what a machine heard in it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub transcribed: bool,
}

/// What became of a message after it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageMarks {
    /// The wamid of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub edited_at: Option<DateTime<Utc>>,
    /// What it said before it was edited.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub original_text: Option<String>,
    /// Its writer took it back; what it said is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// What people set on it, at most one each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reactions: Vec<Reaction>,
    /// It was written in this group; groups are never answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group_id: Option<String>,
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    pub author: Author,
    pub emoji: String,
}

/// A pin on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Location {
    pub latitude: f64,
    pub longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
}

/// A message as lists and screens show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageView {
    pub id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wamid: Option<String>,
    pub conversation_id: ConversationId,
    pub contact_id: ContactId,
    /// The WhatsApp id to show; absent when WhatsApp did not tell it.
    #[serde(default)]
    pub wa_user_id: Option<String>,
    pub seq: i64,
    pub direction: Direction,
    pub author: Author,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub media: Option<MediaRef>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<Location>,
    pub status: MessageStatus,
    /// Why sending failed, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    pub sent_at: DateTime<Utc>,
    /// Answers, edits, reactions.
    #[serde(flatten, default)]
    pub marks: MessageMarks,
}

/// What the assistant answers: one bubble, with at most one kind of choice below it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reply {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// Ask for a pin on the map.
    #[serde(default)]
    pub request_location: bool,
}

impl Reply {
    /// A plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A reply button: WhatsApp allows three, with titles of at most 20 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Button {
    pub id: String,
    pub title: String,
}

/// A list to choose from: at most ten rows in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct List {
    /// The label that opens the list (20 characters).
    pub button: String,
    pub rows: Vec<ListRow>,
}

/// One row: title 24, description 72 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListRow {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::MessageStatus::{self, Delivered, Discarded, Failed, Played, Read, Sent};

    fn report() -> impl Strategy<Value = MessageStatus> {
        prop::sample::select(vec![Sent, Delivered, Read, Played, Failed])
    }

    proptest! {
        /// Whatever order reports come in, no accepted one leads back, and none that leads forward is refused.
        #[test]
        fn statuses_only_go_forward(reports in prop::collection::vec(report(), 1..12)) {
            let road = [Sent, Delivered, Read, Played];
            let place = |status| road.iter().position(|step| *step == status);
            let mut now = MessageStatus::Sending;
            for next in reports {
                let moves = now.may_become(next);
                let expected = match (now, next) {
                    (Failed, Delivered | Read) => true,
                    (Failed, _) => false,
                    (_, Failed) => place(now).is_none_or(|at| at == 0),
                    _ => place(next) > place(now),
                };
                prop_assert_eq!(moves, expected, "{:?} -> {:?}", now, next);
                if moves {
                    now = next;
                }
            }
        }
    }

    #[test]
    fn sent_never_replaces_failed_and_a_discarded_message_stays_so() {
        assert!(!Failed.may_become(Sent));
        assert!(Failed.may_become(Delivered));
        assert!(!Delivered.may_become(Failed));
        assert!(!Discarded.may_become(Delivered));
    }
}
