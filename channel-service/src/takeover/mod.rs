//! Takeover: a fenced lease on a conversation.
//!
//! The epoch rises on start, end, expiry and force, always under the conversation's lock. The sender compares epochs
//! under the same lock before it claims a bot message, and a start waits for calls under way, so that no Graph call
//! for a bot message begins after start has returned.

pub mod expiry;
pub mod http;
mod lease;
mod store;

pub use store::heard;

use contracts::events::conversation::Holder;

/// Who takes, and whether from someone.
#[derive(Debug)]
pub struct Start<'a> {
    pub holder: &'a Holder,
    pub reason: Option<&'a str>,
    pub force: bool,
    /// Without a word for this long the lease ends.
    pub silence: chrono::Duration,
}
