//! What WhatsApp reports about a message of ours.

use chrono::{DateTime, Utc};
use contracts::message::MessageStatus;
use serde_json::Value;

use super::json::{id, text, timestamp};

/// One report.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusReport {
    pub phone_number_id: String,
    pub wamid: String,
    pub status: MessageStatus,
    pub at: DateTime<Utc>,
    /// Our own message id, echoed.
    pub callback: Option<String>,
    pub errors: Value,
    pub raw: Value,
}

/// `None`: not a delivery status (payments and calls share the array), or nothing to find the message by.
pub fn read(status: &Value, phone_number_id: Option<&str>, received_at: DateTime<Utc>) -> Option<StatusReport> {
    if kind(status) != "status" {
        return None;
    }
    let reported = match text(status.get("status"))?.to_lowercase().as_str() {
        "sent" => MessageStatus::Sent,
        "delivered" => MessageStatus::Delivered,
        "read" => MessageStatus::Read,
        "played" => MessageStatus::Played,
        "failed" => MessageStatus::Failed,
        _ => return None,
    };
    Some(StatusReport {
        phone_number_id: phone_number_id?.to_owned(),
        wamid: id(status.get("id"))?,
        status: reported,
        at: timestamp(status.get("timestamp")).unwrap_or(received_at),
        callback: text(status.get("biz_opaque_callback_data")),
        errors: match status.get("errors") {
            Some(errors @ Value::Array(_)) => errors.clone(),
            Some(error @ Value::Object(_)) => Value::Array(vec![error.clone()]),
            _ => Value::Array(Vec::new()),
        },
        raw: status.clone(),
    })
}

/// `status`, or `status.payment` and the like for what is no delivery.
pub fn kind(status: &Value) -> String {
    match id(status.get("type")).as_deref() {
        Some("payment") => "status.payment".to_owned(),
        Some("call") => "status.call".to_owned(),
        _ => "status".to_owned(),
    }
}
