//! One turn as the dialogue sees it: what was said, tapped, shown and pinned, and what that means.

use contracts::events::turn::MessageReceived;
use contracts::message::{Location, MediaRef};

use super::state::Pending;
use crate::understanding::Understood;

/// What a citizen said in one breath.
#[derive(Debug, Clone)]
pub struct Turn {
    pub text: String,
    /// Ids of buttons or list rows that were tapped, in order.
    pub choices: Vec<String>,
    pub media: Vec<MediaRef>,
    /// A voice note came that nobody here can hear.
    pub voice: bool,
    /// A sticker or a reaction came: a mood, nothing to read.
    pub sticker: bool,
    pub location: Option<Location>,
    pub understood: Understood,
    /// Further complaints in the same breath; `text` and `understood` are the first.
    pub more: Vec<Pending>,
}

impl Turn {
    /// A turn that is only words.
    pub fn words(text: &str, understood: Understood) -> Self {
        Self {
            text: text.to_owned(),
            choices: Vec::new(),
            media: Vec::new(),
            voice: false,
            sticker: false,
            location: None,
            understood,
            more: Vec::new(),
        }
    }

    /// The turn that channel-service closed.
    pub fn of(event: &MessageReceived, understood: Understood) -> Self {
        let messages = &event.messages;
        Self {
            text: event.message.clone(),
            choices: messages.iter().filter_map(|message| message.reply_id.clone()).collect(),
            // A sticker is a mood, not evidence.
            media: messages
                .iter()
                .filter(|message| message.kind != "sticker")
                .filter_map(|message| message.media.clone())
                .collect(),
            // A voice note with its words is as good as written.
            voice: messages.iter().any(|message| {
                matches!(message.kind.as_str(), "audio" | "voice")
                    && message.text.as_deref().is_none_or(|text| text.trim().is_empty())
            }),
            sticker: messages.iter().any(|message| matches!(message.kind.as_str(), "sticker" | "reaction")),
            location: messages.iter().rev().find_map(|message| message.location.clone()),
            understood,
            more: Vec::new(),
        }
    }

    /// The same turn with its first part in front and the others remembered.
    #[must_use]
    pub fn in_parts(mut self, parts: Vec<Pending>) -> Self {
        let mut parts = parts.into_iter();
        let (Some(first), Some(second)) = (parts.next(), parts.next()) else { return self };
        // What the whole says about danger and names stays true.
        let whole = std::mem::replace(&mut self.understood, first.understood);
        self.understood.danger |= whole.danger;
        self.understood.anonymous |= whole.anonymous;
        self.understood.confidential |= whole.confidential;
        self.text = first.text;
        self.more = std::iter::once(second).chain(parts).collect();
        self
    }

    /// The last tap.
    pub fn choice(&self) -> Option<&str> {
        self.choices.last().map(String::as_str)
    }

    /// The part of a tapped id after `prefix:`.
    pub fn chosen(&self, prefix: &str) -> Option<&str> {
        self.choice()?.strip_prefix(prefix)?.strip_prefix(':')
    }

    /// Whether there are words to go by.
    pub fn has_words(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    /// Nothing but a thumb up, which in this country means yes.
    pub fn thumb_up(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty()
            && !self.has_words()
            && text
                .chars()
                .all(|c| matches!(c, '👍' | '👌' | '✅' | '🙏' | ' ' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'))
            && text.contains(['👍', '👌', '✅'])
    }
}
