//! Snapshots of what an office sets: whole, with a version; readers keep the highest.

use serde::{Deserialize, Serialize};

use super::Event;
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

/// A number as it is now; never its token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberUpdated {
    pub office_id: OfficeId,
    pub phone_number_id: PhoneNumberId,
    #[serde(default)]
    pub display_phone_number: Option<String>,
    pub active: bool,
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
