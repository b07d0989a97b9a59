//! Conversations: a contact at one of the office's numbers. Every message and change takes the next `seq` under the
//! row's lock, so that a screen which knows `seq` n knows whether it has missed something.

pub mod http;
pub mod store;

use chrono::{DateTime, Duration, Utc};

/// How long after a citizen's message anything may be written.
const WINDOW_HOURS: i64 = 24;

/// When only templates are taken any more. WhatsApp's own timestamp counts, not ours: what arrives a day late opens
/// nothing.
pub fn window_closes_at(last_inbound_at: DateTime<Utc>) -> DateTime<Utc> {
    last_inbound_at + Duration::hours(WINDOW_HOURS)
}

/// Whether anything may be written to the citizen now.
pub fn window_is_open(last_inbound_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last_inbound_at.is_some_and(|at| window_closes_at(at) > now)
}
