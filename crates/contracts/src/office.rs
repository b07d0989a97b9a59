//! An office and what it sets for itself, as the dashboard's snapshots tell the other services.

pub mod hours;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
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
    /// This long before a takeover ends by silence, its holder is warned.
    pub takeover_warning_seconds: u32,
    /// A turn waits this long for media that are still on their way.
    pub media_wait_seconds: u32,
    /// A citizen who writes more than this in a minute is answered more slowly; nothing is lost.
    pub flood_messages_per_minute: u32,
    /// When somebody of the office answers: one span per weekday and shift.
    pub hours: Vec<OpenHours>,
    /// Days without anybody, whatever the weekday says.
    pub closed_days: Vec<NaiveDate>,
    /// At night, say: nothing that can wait is sent to citizens.
    pub quiet_hours: Option<QuietHours>,
    /// What the assistant calls the office when it greets.
    pub greeting_name: Option<String>,
    /// The office's own greeting, in place of the assistant's.
    pub greeting: Option<String>,
    /// The role that looks after complaints that are late.
    pub escalation_role: String,
    /// Numbers to call in danger, as the office wants them written.
    pub emergency_numbers: Vec<String>,
    /// The office's own wording of the assistant's texts, by their keys.
    pub bot_texts: BTreeMap<String, String>,
}

/// A span of a weekday in which somebody answers, in the office's time (Asia/Jakarta).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenHours {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "08:00:00"))]
    pub from: NaiveTime,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "16:00:00"))]
    pub to: NaiveTime,
}

/// A span of every day, over midnight when `from` is later than `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuietHours {
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "21:00:00"))]
    pub from: NaiveTime,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "06:00:00"))]
    pub to: NaiveTime,
}

/// Monday to Friday, eight to four.
fn working_week() -> Vec<OpenHours> {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    (1..=5).map(|weekday| OpenHours { weekday, from: hour(8), to: hour(16) }).collect()
}

impl Default for OfficeSettings {
    fn default() -> Self {
        Self {
            turn_quiet_ms: 1_500,
            turn_max_ms: 6_000,
            turn_deadline_seconds: 30,
            takeover_silence_seconds: 30 * 60,
            takeover_warning_seconds: 5 * 60,
            media_wait_seconds: 10,
            flood_messages_per_minute: 20,
            hours: working_week(),
            closed_days: Vec::new(),
            quiet_hours: None,
            greeting_name: None,
            greeting: None,
            escalation_role: "admin".to_owned(),
            emergency_numbers: vec!["112".to_owned()],
            bot_texts: BTreeMap::new(),
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
