//! A complaint's life. Never its description, a phone number or a name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Event;
use crate::{Category, ComplaintNumber, ComplaintStatus, ContactId, TurnId};

/// What every complaint event says. For a `rahasia` complaint only the ids are there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComplaintFacts {
    pub complaint_id: ComplaintNumber,
    /// The key inside.
    pub id: Uuid,
    #[serde(default)]
    pub contact_id: Option<ContactId>,
    #[serde(default)]
    pub kategori: Option<Category>,
    #[serde(default)]
    pub status: Option<ComplaintStatus>,
    /// The kelurahan, when it is known.
    #[serde(default)]
    pub area: Option<String>,
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// The turn in which the citizen made it.
    #[serde(default)]
    pub origin_turn_id: Option<TurnId>,
    /// The complaint's version.
    pub version: i64,
}

macro_rules! complaint_event {
    ($($(#[$doc:meta])* $name:ident = $key:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            #[serde(flatten)]
            pub facts: ComplaintFacts,
            $($(#[$field_doc])* #[serde(default)] pub $field: $kind,)*
        }

        impl Event for $name {
            const ROUTING_KEY: &'static str = $key;
            fn subject(&self) -> String {
                self.facts.id.to_string()
            }
            fn sequence(&self) -> Option<i64> {
                Some(self.facts.version)
            }
        }
    )+};
}

complaint_event! {
    /// A complaint was taken.
    ComplaintCreated = "complaint.created" {}
    /// Anything but the status changed.
    ComplaintUpdated = "complaint.updated" {
        /// What staff wrote for the citizen.
        remark: Option<String>,
        /// Whose own report was merged into this one.
        followers: Vec<ContactId>,
    }
    /// The status changed.
    ComplaintStatusChanged = "complaint.status_changed" {
        from: Option<ComplaintStatus>,
        /// What staff wrote for the citizen: what was done, what they ask, why it was refused.
        remark: Option<String>,
        /// Who has it now, when it went to someone else.
        agency: Option<String>,
        /// The complaint that it repeats, when it is a duplicate.
        duplicate_of: Option<ComplaintNumber>,
        /// Whose own report was merged into this one.
        followers: Vec<ContactId>,
        /// The citizen moved it, in the conversation: they know.
        by_citizen: bool,
    }
    /// The due time is near or over.
    ComplaintSlaAtRisk = "complaint.sla_at_risk" {
        breached: bool,
        /// The role that looks after it, since it is late.
        escalated_to: Option<String>,
    }
}
