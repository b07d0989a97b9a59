//! What an office takes complaints about. Every office starts with thirteen, written when it is first used.

pub mod http;
pub mod store;

use contracts::Category;

/// A category that new complaints may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCategory {
    pub key: Category,
    pub name: String,
    /// Working days until a complaint is due.
    pub sla_days: i32,
}

/// Complaints that someone has to go and look at have 60 working days, the others 14: the longest times that the
/// national complaint service allows.
const WITH_FIELD_CHECK: i32 = 60;
const WITHOUT_FIELD_CHECK: i32 = 14;

/// The time that an office starts with for a built-in category.
pub fn built_in_sla_days(key: &str) -> i32 {
    match key {
        "jalan_rusak" | "drainase_banjir" | "pencemaran" | "taman_fasum" | "utilitas_kabel" => WITH_FIELD_CHECK,
        _ => WITHOUT_FIELD_CHECK,
    }
}
