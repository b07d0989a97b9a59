//! Takeover: a fenced lease on a conversation.
//!
//! The epoch rises on start, end, expiry and force, always under the conversation's lock. The sender compares epochs
//! under the same lock before it claims a bot message, and a start waits for calls under way, so that no Graph call
//! for a bot message begins after start has returned. Silence ends the lease, after a warning.

pub mod expiry;
pub mod http;
mod lease;
mod store;

pub use lease::heard;

use chrono::{DateTime, Duration, Utc};
use contracts::events::conversation::Holder;
use contracts::office::OfficeSettings;

/// Who takes, and whether from someone.
#[derive(Debug)]
pub struct Start<'a> {
    pub holder: &'a Holder,
    pub reason: Option<&'a str>,
    pub force: bool,
    pub lease: Lease,
}

/// How long the holder may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub expires_at: DateTime<Utc>,
    /// When the holder is warned; never later than the end.
    pub warn_at: DateTime<Utc>,
}

impl Lease {
    /// From a word of the holder on.
    pub fn from(now: DateTime<Utc>, settings: &OfficeSettings) -> Self {
        let silence = i64::from(settings.takeover_silence_seconds);
        let warning = i64::from(settings.takeover_warning_seconds).min(silence);
        let expires_at = now + Duration::seconds(silence);
        Self { expires_at, warn_at: expires_at - Duration::seconds(warning) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_before_the_end_and_never_before_the_start() {
        let settings = |silence, warning| OfficeSettings {
            takeover_silence_seconds: silence,
            takeover_warning_seconds: warning,
            ..OfficeSettings::default()
        };
        let now = DateTime::UNIX_EPOCH;
        let lease = Lease::from(now, &settings(1800, 300));
        assert_eq!((lease.warn_at.timestamp(), lease.expires_at.timestamp()), (1500, 1800));
        assert_eq!(Lease::from(now, &settings(60, 300)).warn_at, now);
    }
}
