//! Who did what, when. Rows are added in the act's own transaction and never changed.

pub mod store;

use contracts::OfficeId;
use uuid::Uuid;

/// One thing that was done.
#[derive(Debug, Clone)]
pub struct Activity<'a> {
    pub office_id: OfficeId,
    /// `None`: another service through the internal API, or the process itself.
    pub user_id: Option<Uuid>,
    pub actor_name: &'a str,
    /// A past-tense word such as `session.started`.
    pub action: &'static str,
    /// What it was done to, such as a complaint's number.
    pub subject: Option<String>,
    pub details: serde_json::Value,
}
