//! What an office asks about a category of complaints, and how long it may take.
//!
//! case-service owns categories and checks what comes in; ai-service asks the citizen; the dashboard edits and shows.

use serde::{Deserialize, Serialize};

/// One thing that a complaint of the category needs beside category, description and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryField {
    /// Its key in `fields` of a complaint: `a-z`, `0-9`, `_`.
    pub field: String,
    /// How the citizen is asked.
    pub question: String,
    pub kind: FieldKind,
    /// What may be chosen, for a choice.
    #[serde(default)]
    pub choices: Vec<FieldChoice>,
    #[serde(default)]
    pub required: bool,
}

/// What kind of answer a field takes, and how it stands in a complaint's `fields`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// A string, `YYYY-MM-DD`.
    Date,
    /// A string: the key of one of the choices.
    Choice,
    /// A boolean.
    YesNo,
}

/// One choice of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChoice {
    pub key: String,
    pub label: String,
}

/// How long an office may take, in working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sla {
    pub amount: i32,
    pub unit: SlaUnit,
}

/// What the amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlaUnit {
    WorkingDays,
    WorkingHours,
}

impl Default for Sla {
    /// The law's longest time for a complaint that needs nobody to go and look.
    fn default() -> Self {
        Self { amount: 14, unit: SlaUnit::WorkingDays }
    }
}
