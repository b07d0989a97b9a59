//! What arrived and was not understood, news of the account, and items that failed: kept whole, for staff to see.

pub mod http;
pub mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An item that was put aside. Its content may hold personal data and is not part of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuarantinedItem {
    pub id: Uuid,
    pub kind: String,
    pub reason: String,
    pub bytes: i32,
    pub created_at: DateTime<Utc>,
}

/// How much of a kind was put aside, and the latest of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnknownKind {
    /// WhatsApp's word, such as `calls` or `message.hologram`.
    pub kind: String,
    /// `unknown`, `notice` (news of the account) or `failed`.
    pub sort: String,
    pub count: i64,
    pub latest_at: DateTime<Utc>,
    pub latest: Vec<UnknownItem>,
}

/// One item as it came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnknownItem {
    pub id: Uuid,
    pub reason: String,
    /// The item, as far as it is text; a long one is cut.
    pub item: String,
    pub created_at: DateTime<Utc>,
}
