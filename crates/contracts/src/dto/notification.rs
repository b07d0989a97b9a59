//! notification-service's bodies.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ContactId, MessageId, NotificationId};

/// `POST /internal/notifications`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CreateNotification {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// The name of one of the office's templates…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// …or the text itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub variables: BTreeMap<String, String>,
    pub kind: String,
}

/// A notification as lists and screens show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationView {
    pub id: NotificationId,
    pub contact_id: ContactId,
    pub kind: String,
    #[serde(default)]
    pub template: Option<String>,
    pub text: String,
    /// `pending`, `waiting_for_turn`, `accepted`, `sent`, `delivered`, `read`, `failed` or `silent`.
    pub status: String,
    #[serde(default)]
    pub message_id: Option<MessageId>,
    #[serde(default)]
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// `202` of `POST /internal/notifications`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationAccepted {
    pub id: NotificationId,
    pub status: String,
}

/// `GET /internal/notifications/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationDetail {
    #[serde(flatten)]
    pub notification: NotificationView,
    pub attempts: Vec<AttemptView>,
}

/// One try to hand a notification to channel-service, or several that failed alike one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptView {
    pub number: i32,
    /// `accepted`, `unavailable` or `refused`.
    pub outcome: String,
    #[serde(default)]
    pub detail: Option<String>,
    pub times: i32,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// `PUT /internal/notifications/{id}/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetNotificationStatus {
    /// `pending` sends a failed one again, `silent` keeps one from being sent; `sent`, `delivered`, `read` and `failed`
    /// report what became of it.
    pub status: String,
    #[serde(default)]
    pub reason: Option<String>,
}

/// A text as lists and screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateView {
    pub name: String,
    /// 0: the built-in text, which the office has not changed.
    pub version: i64,
    pub text: String,
    #[serde(default)]
    pub whatsapp_template: Option<String>,
    /// The variables that the text uses.
    pub variables: Vec<String>,
    #[serde(default)]
    pub written_by: Option<String>,
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
}

/// `POST /internal/templates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTemplate {
    pub name: String,
    pub text: String,
    #[serde(default)]
    pub whatsapp_template: Option<String>,
}

/// `PUT /internal/templates/{name}`: a new version of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateTemplate {
    pub text: String,
    #[serde(default)]
    pub whatsapp_template: Option<String>,
}

/// `GET /internal/citizens/{contact_id}`: what a citizen was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CitizenNotifications {
    pub contact_id: ContactId,
    pub opted_out: bool,
    pub notifications: Vec<NotificationView>,
}

/// `DELETE /internal/citizens/{contact_id}`: how much was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationsErased {
    pub contact_id: ContactId,
    pub erased: i64,
}
