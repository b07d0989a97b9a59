//! One turn as the dialogue sees it: what was said, tapped, shown and pinned, and what that means.

use contracts::events::turn::MessageReceived;
use contracts::message::{Location, MediaRef};

use crate::understanding::Understood;

/// What a citizen said in one breath.
#[derive(Debug, Clone)]
pub struct Turn {
    pub text: String,
    /// Ids of buttons or list rows that were tapped, in order.
    pub choices: Vec<String>,
    pub media: Vec<MediaRef>,
    /// A voice note came; nobody here can listen to it.
    pub voice: bool,
    pub location: Option<Location>,
    pub understood: Understood,
}

impl Turn {
    /// A turn that is only words.
    pub fn words(text: &str, understood: Understood) -> Self {
        Self { text: text.to_owned(), choices: Vec::new(), media: Vec::new(), voice: false, location: None, understood }
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
            voice: messages.iter().any(|message| matches!(message.kind.as_str(), "audio" | "voice")),
            location: messages.iter().rev().find_map(|message| message.location.clone()),
            understood,
        }
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
}
