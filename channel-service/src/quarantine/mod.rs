//! What arrived and was not understood, for staff to see.

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
