//! Messages that no turn asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Event;
use crate::{ContactId, NotificationId};

/// A service asks that a citizen be told something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationRequested {
    pub notification_id: NotificationId,
    pub contact_id: ContactId,
    #[serde(default)]
    pub template: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// What it is about, such as `complaint_status`.
    pub kind: String,
}

impl Event for NotificationRequested {
    const ROUTING_KEY: &'static str = "notification.requested";
    fn subject(&self) -> String {
        self.notification_id.to_string()
    }
}

/// The citizen's phone has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationDelivered {
    pub notification_id: NotificationId,
    pub contact_id: ContactId,
    pub kind: String,
}

impl Event for NotificationDelivered {
    const ROUTING_KEY: &'static str = "notification.delivered";
    fn subject(&self) -> String {
        self.notification_id.to_string()
    }
}

/// The citizen was not told, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationFailed {
    pub notification_id: NotificationId,
    pub contact_id: ContactId,
    pub kind: String,
    pub reason: String,
}

impl Event for NotificationFailed {
    const ROUTING_KEY: &'static str = "notification.failed";
    fn subject(&self) -> String {
        self.notification_id.to_string()
    }
}
