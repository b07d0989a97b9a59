//! Files that citizens send: a row from the message on, the bytes when they were fetched, a final word when they can't be.
//!
//! The intake writes the row ([`NewMedia`]); [`worker`] fetches by id under the number's token ([`source`] decides where
//! a token may go), streams into the shared storage, checks the digest and what the file really is ([`sniff`]), and has
//! voice notes heard ([`transcript`]); [`http`] serves the bytes. Keys are ours, names never lead anywhere.

pub mod http;
mod sniff;
mod source;
pub mod store;
mod transcript;
pub mod worker;

use chrono::{DateTime, Duration, Utc};
use contracts::message::MediaState;
use contracts::{ContactId, ConversationId, MessageId, OfficeId};
use platform::Context;
use platform::http::client::Internal;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::Config;
use crate::inbound::parse::FoundMedia;
use crate::numbers::Number;

pub use source::Source;

/// How long WhatsApp keeps a file after the message.
const KEPT: Duration = Duration::days(7);
/// Pauses between tries; the last one repeats until WhatsApp forgets the file.
const LADDER: [Duration; 8] = [
    Duration::seconds(5),
    Duration::seconds(30),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(6),
    Duration::hours(12),
    Duration::hours(24),
];

/// What fetching needs, shared by the intake and the worker.
#[derive(Debug)]
pub struct Desk {
    pub source: Source,
    pub ai: Internal,
    /// Woken when there is a file to fetch.
    pub woken: Notify,
}

impl Desk {
    pub fn new(ctx: &Context, config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            source: Source::new(config)?,
            ai: Internal::new("ai-service", config.ai_service_url.clone(), ctx.keys.internal.clone())?,
            woken: Notify::new(),
        })
    }
}

/// A file that a message announces, as the intake writes it.
#[derive(Debug)]
pub struct NewMedia<'a> {
    pub id: Uuid,
    pub office: OfficeId,
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub contact_id: ContactId,
    pub phone_number_id: &'a str,
    pub kind: &'a str,
    pub found: &'a FoundMedia,
    pub state: MediaState,
    pub reason: Option<String>,
    pub expires_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

impl<'a> NewMedia<'a> {
    pub fn of(
        found: &'a FoundMedia,
        kind: &'a str,
        number: &'a Number,
        sent_at: DateTime<Utc>,
        now: DateTime<Utc>,
        (message_id, conversation_id, contact_id): (MessageId, ConversationId, ContactId),
    ) -> Self {
        // Without an id there is nothing to fetch: WhatsApp itself failed.
        let state = if found.id.is_some() { MediaState::Pending } else { MediaState::Failed };
        Self {
            id: Uuid::now_v7(),
            office: number.office,
            message_id,
            conversation_id,
            contact_id,
            phone_number_id: &number.phone_number_id.0,
            kind,
            state,
            reason: found
                .trouble
                .as_ref()
                .map(|trouble| format!("WhatsApp tidak dapat menyerahkan berkas ini: {trouble}")),
            found,
            // A message that is older than that still gets one try.
            expires_at: (sent_at + KEPT).max(now + Duration::hours(1)),
            now,
        }
    }
}

/// How long to wait after this many tries.
fn pause(attempts: i32) -> Duration {
    let step = usize::try_from(attempts.max(1) - 1).unwrap_or(0).min(LADDER.len() - 1);
    LADDER[step]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_the_last_one_repeats() {
        assert_eq!(pause(1), Duration::seconds(5));
        assert_eq!(pause(2), Duration::seconds(30));
        assert_eq!(pause(8), pause(80));
        assert!((1..8).all(|n| pause(n) < pause(n + 1)));
    }
}
