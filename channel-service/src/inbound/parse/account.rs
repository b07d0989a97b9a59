//! News of the account: what staff or whoever runs the system must know, and what is merely kept.

use serde_json::Value;

use super::json::{id, text};

/// News of the account, the number or a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNotice {
    /// WhatsApp's field, such as `account_update`.
    pub field: String,
    /// What happened, in WhatsApp's word.
    pub event: Option<String>,
    pub phone_number_id: Option<String>,
    /// Digits of the number that it is about, where it names one.
    pub display_phone_number: Option<String>,
    pub weight: Weight,
    pub raw: Value,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Messages stop, or soon will.
    Alarm,
    /// Somebody should look.
    Warning,
    Note,
}

impl Weight {
    /// The word in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The fields that bring such news.
const FIELDS: [&str; 20] = [
    "account_update",
    "account_review_update",
    "account_alerts",
    "account_settings_update",
    "business_capability_update",
    "business_username_update",
    "business_status_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "security",
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "template_correct_category_detection",
    "flows",
    "partner_solutions",
    "payment_configuration_update",
    "automatic_events",
    "tracking_events",
];

/// The news of a change, if its field brings any.
pub fn read(field: &str, change: &Value, phone_number_id: Option<&str>) -> Option<AccountNotice> {
    if !FIELDS.contains(&field) {
        return None;
    }
    let value = change.get("value").unwrap_or(&Value::Null);
    let event =
        ["event", "decision", "status", "new_quality_score", "new_category"].iter().find_map(|key| id(value.get(*key)));
    let severity = text(value.pointer("/alert_info/alert_severity")).unwrap_or_default();
    let digits = |number: String| number.chars().filter(char::is_ascii_digit).collect::<String>();
    Some(AccountNotice {
        weight: weigh(field, event.as_deref().unwrap_or_default(), &severity),
        field: field.to_owned(),
        event,
        phone_number_id: phone_number_id.map(str::to_owned),
        display_phone_number: id(value.get("display_phone_number")).map(digits).filter(|number| !number.is_empty()),
        raw: change.clone(),
    })
}

fn weigh(field: &str, event: &str, severity: &str) -> Weight {
    match (field, event) {
        (
            "account_update",
            "ACCOUNT_VIOLATION"
            | "ACCOUNT_RESTRICTION"
            | "DISABLED_UPDATE"
            | "ACCOUNT_DELETED"
            | "ACCOUNT_OFFBOARDED"
            | "PARTNER_REMOVED",
        )
        | ("security", _) => Weight::Alarm,
        ("account_alerts", _) if severity == "CRITICAL" => Weight::Alarm,
        ("phone_number_quality_update", "FLAGGED" | "DOWNGRADE")
        | ("phone_number_name_update" | "account_review_update", "REJECTED")
        | (
            "message_template_status_update",
            "REJECTED" | "PAUSED" | "DISABLED" | "FLAGGED" | "LIMIT_EXCEEDED" | "PENDING_DELETION" | "DELETED",
        )
        | ("message_template_quality_update", "RED")
        | ("account_alerts" | "template_category_update", _) => Weight::Warning,
        _ => Weight::Note,
    }
}
