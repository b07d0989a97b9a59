//! Counts of complaints by status, category, area, agency, age and day: how many are late, how many kept their time, and
//! how long they took.

pub mod http;
pub mod store;

use serde::Deserialize;

/// The query string.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Made on or after this day of Asia/Jakarta, or this time; 30 days ago by default.
    pub from: Option<String>,
    /// Made on or before this day, or before this time; now by default.
    pub to: Option<String>,
    /// Which counts: `status`, `kategori`, `kelurahan`, `agency`, `age`, `day`, separated by commas; all by default.
    pub group_by: Option<String>,
}

/// What complaints are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Status,
    Kategori,
    Kelurahan,
    Agency,
    Age,
    Day,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 6] = [Self::Status, Self::Kategori, Self::Kelurahan, Self::Agency, Self::Age, Self::Day];

    /// The word in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Kategori => "kategori",
            Self::Kelurahan => "kelurahan",
            Self::Agency => "agency",
            Self::Age => "age",
            Self::Day => "day",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }
}
