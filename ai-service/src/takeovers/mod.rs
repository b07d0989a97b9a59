//! Persons in conversations: who had one last, and what was said while they had it.
//!
//! `takeover.started` and `takeover.ended` come here by event; before the next turn the human part is read at
//! channel-service ([`human`]) and goes into the dialogue. What must stay true: a takeover is read once, and when
//! channel-service is away the officer's note alone has to do: the citizen does not wait for it.

pub mod events;
pub mod human;
pub mod store;

use chrono::{DateTime, Utc};

/// A takeover as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    pub epoch: i64,
    pub officer: String,
    pub note: Option<String>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}
