//! An office and what it sets for itself, as the dashboard's snapshots tell the other services.

use serde::{Deserialize, Serialize};

use crate::OfficeId;

/// The header that names the office of a call once there are several.
pub const OFFICE_HEADER: &str = "x-office-id";
/// The header with the shared secret of internal calls.
pub const API_KEY_HEADER: &str = "x-internal-api-key";
/// The header with the signed person behind a call.
pub const ACTOR_HEADER: &str = "x-actor";
/// The header that makes a repeated POST answer as the first one did.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// What an office sets for itself. Every field has a default, so that old snapshots stay readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct OfficeSettings {
    /// Quiet time that closes a burst of messages, in milliseconds.
    pub turn_quiet_ms: u32,
    /// A burst is closed after this long at the latest, in milliseconds.
    pub turn_max_ms: u32,
    /// A turn without an answer ends after this many seconds.
    pub turn_deadline_seconds: u32,
    /// A takeover without a word from its holder ends after this many seconds.
    pub takeover_silence_seconds: u32,
    /// What the assistant calls the office when it greets.
    pub greeting_name: Option<String>,
    /// Numbers to call in danger, as the office wants them written.
    pub emergency_numbers: Vec<String>,
}

impl Default for OfficeSettings {
    fn default() -> Self {
        Self {
            turn_quiet_ms: 1_500,
            turn_max_ms: 6_000,
            turn_deadline_seconds: 30,
            takeover_silence_seconds: 30 * 60,
            greeting_name: None,
            emergency_numbers: vec!["112".to_owned()],
        }
    }
}

/// One office, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Office {
    pub office_id: OfficeId,
    pub name: String,
    pub version: i64,
    #[serde(default)]
    pub settings: OfficeSettings,
}
