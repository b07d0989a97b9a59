//! Snapshots of what an office sets: whole, with a version; readers keep the highest.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Event;
use crate::category::{CategoryField, Sla};
use crate::office::Office;
use crate::{Category, OfficeId, PhoneNumberId};

/// The office as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeUpdated {
    #[serde(flatten)]
    pub office: Office,
}

impl Event for OfficeUpdated {
    const ROUTING_KEY: &'static str = "office.updated";
    fn subject(&self) -> String {
        self.office.office_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.office.version)
    }
}

/// Somebody works for the office now. Told so that their name is kept from outside models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAdded {
    pub user_id: Uuid,
    pub name: String,
}

impl Event for StaffAdded {
    const ROUTING_KEY: &'static str = "staff.added";
    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

/// A number as it is now; never its token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberUpdated {
    pub office_id: OfficeId,
    pub phone_number_id: PhoneNumberId,
    #[serde(default)]
    pub display_phone_number: Option<String>,
    pub active: bool,
    /// Why nothing is sent from it now, when the account or the token is at fault.
    #[serde(default)]
    pub problem: Option<String>,
    pub version: i64,
}

impl Event for NumberUpdated {
    const ROUTING_KEY: &'static str = "number.updated";
    fn subject(&self) -> String {
        self.phone_number_id.to_string()
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A category as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryUpdated {
    pub office_id: OfficeId,
    pub kategori: Category,
    pub name: String,
    pub active: bool,
    /// Its place in the office's order.
    #[serde(default)]
    pub position: i32,
    /// How long the office may take.
    #[serde(default)]
    pub sla: Sla,
    /// What is asked beside category, description and place.
    #[serde(default)]
    pub fields: Vec<CategoryField>,
    pub version: i64,
}

impl Event for CategoryUpdated {
    const ROUTING_KEY: &'static str = "category.updated";
    fn subject(&self) -> String {
        format!("{}/{}", self.office_id, self.kategori)
    }
    fn sequence(&self) -> Option<i64> {
        Some(self.version)
    }
}
