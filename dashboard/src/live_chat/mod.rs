//! `/live-chat`: conversations with citizens, and a person's part in them.
//!
//! channel-service owns them. The page is drawn on the server (see [`crate::drawn`]); rows and messages are pieces of
//! HTML that the browser puts where they belong, so that the first page, a refresh and a live event bring the same, and
//! the browser's program stays small.

pub mod api;
pub mod page;
pub mod words;

#[cfg(feature = "ssr")]
pub mod acts;
#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(feature = "ssr")]
mod bubbles;
#[cfg(feature = "ssr")]
pub mod client;
#[cfg(feature = "ssr")]
mod complaints;
#[cfg(feature = "ssr")]
pub mod draw;
#[cfg(feature = "ssr")]
pub mod feed;
#[cfg(feature = "ssr")]
mod head;
#[cfg(feature = "ssr")]
pub mod media;
#[cfg(feature = "ssr")]
mod rows;
#[cfg(feature = "ssr")]
pub mod standing;
#[cfg(feature = "ssr")]
pub mod store;

use serde::{Deserialize, Serialize};

/// The word of the list of those who wait, in addresses and test ids.
pub const WAITING: &str = "waiting";
/// The word of the list of those whom the viewer has.
pub const MINE: &str = "mine";
/// The word of the list of all.
pub const ALL: &str = "all";

/// Whether a conversation with this status and holder is in the list of `me`.
pub fn belongs(tab: &str, status: &str, holder: Option<&str>, me: &str) -> bool {
    match tab {
        WAITING => status == "waiting",
        MINE => holder == Some(me),
        _ => true,
    }
}

/// A piece of HTML that the server drew, and what tells it from its older self.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub id: String,
    /// A message's place in its conversation; a row's time of the last message.
    pub seq: i64,
    /// Changes with what is to be seen.
    pub version: String,
    /// A message's day, in the office's time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub day: String,
    pub html: String,
}

/// Something happened in a conversation: the new row and message, drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder_id: Option<String>,
    pub epoch: i64,
    /// Its id is the conversation's.
    pub row: Piece,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Piece>,
}

/// What happened since a place in the order of commits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caught {
    pub news: Vec<News>,
    pub after: String,
    /// Too much to tell one by one: ask for everything again.
    pub too_much: bool,
}

/// What every page shows of conversations and numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub waiting: u32,
    pub mine: u32,
    /// Numbers that nothing is sent from, drawn.
    pub problems: String,
}

/// A person's act, as its form is sent. Fields of other acts may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Act {
    /// `take`, `force`, `say`, `retry`, `handback` or `block`.
    pub kind: String,
    pub conversation_id: String,
    /// Drawn with the form: the same form sent twice is one act.
    pub key: String,
    pub text: String,
    pub note: String,
    pub reason: String,
    pub days: String,
    pub message_id: String,
}

/// WhatsApp's limit of a text, in UTF-16 units as it counts.
pub const MAX_TEXT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_what_belongs_to_it() {
        assert!(belongs(WAITING, "waiting", None, "me") && !belongs(WAITING, "human", Some("me"), "me"));
        assert!(belongs(MINE, "human", Some("me"), "me") && !belongs(MINE, "human", Some("other"), "me"));
        assert!(belongs(ALL, "bot", None, "me"));
    }
}
