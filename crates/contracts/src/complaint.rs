//! What a complaint is called, what kind it is and where it stands.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A complaint's number, `LAP-YYYYMMDD-XXX`. Unique within its office, guessable, and therefore never a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComplaintNumber {
    day: NaiveDate,
    counter: u32,
}

/// Why a text is no complaint number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a complaint number: it looks like LAP-20261120-001")]
pub struct NotAComplaintNumber;

impl ComplaintNumber {
    /// The number that the day's counter has reached. Counters start at 1.
    pub fn new(day: NaiveDate, counter: u32) -> Self {
        Self { day, counter }
    }

    /// The day in Asia/Jakarta on which the complaint was made.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The place in that day's sequence.
    pub fn counter(&self) -> u32 {
        self.counter
    }
}

impl fmt::Display for ComplaintNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LAP-{}-{:03}", self.day.format("%Y%m%d"), self.counter)
    }
}

impl FromStr for ComplaintNumber {
    type Err = NotAComplaintNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("LAP-").ok_or(NotAComplaintNumber)?;
        let (day, counter) = rest.split_once('-').ok_or(NotAComplaintNumber)?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if day.len() != 8 || !digits(day) || !(3..=9).contains(&counter.len()) || !digits(counter) {
            return Err(NotAComplaintNumber);
        }
        let day = NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| NotAComplaintNumber)?;
        match counter.parse() {
            Ok(counter) if counter > 0 => Ok(Self { day, counter }),
            _ => Err(NotAComplaintNumber),
        }
    }
}

impl Serialize for ComplaintNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ComplaintNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ComplaintNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ComplaintNumber {}

/// The categories that every office starts with; an office renames, adds and retires them.
pub const BUILT_IN_CATEGORIES: [(&str, &str); 13] = [
    ("jalan_rusak", "Jalan rusak"),
    ("lampu_jalan", "Lampu jalan"),
    ("pohon", "Pohon"),
    ("drainase_banjir", "Drainase dan banjir"),
    ("sampah", "Sampah"),
    ("air_bersih", "Air bersih"),
    ("parkir_lalu_lintas", "Parkir dan lalu lintas"),
    ("ketertiban_umum", "Ketertiban umum"),
    ("pencemaran", "Pencemaran"),
    ("taman_fasum", "Taman dan fasilitas umum"),
    ("utilitas_kabel", "Utilitas dan kabel"),
    ("layanan_lain", "Layanan lain"),
    ("lainnya", "Lainnya"),
];

/// A category's key (`kategori`), such as `jalan_rusak`. Which keys exist is each office's own matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Category(pub String);

impl Category {
    /// The name to show for a built-in category; an office's own ones have theirs in `category.updated`.
    pub fn built_in_name(&self) -> Option<&'static str> {
        BUILT_IN_CATEGORIES.iter().find(|(key, _)| *key == self.0).map(|(_, name)| *name)
    }
}

impl From<&str> for Category {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a complaint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComplaintStatus {
    Baru,
    Terverifikasi,
    Diproses,
    MenungguWarga,
    Selesai,
    Ditolak,
    Dialihkan,
    Duplikat,
    Dibatalkan,
    DibukaKembali,
}

impl ComplaintStatus {
    /// Every status, in the order of a complaint's life.
    pub const ALL: [Self; 10] = [
        Self::Baru,
        Self::Terverifikasi,
        Self::Diproses,
        Self::MenungguWarga,
        Self::Selesai,
        Self::Ditolak,
        Self::Dialihkan,
        Self::Duplikat,
        Self::Dibatalkan,
        Self::DibukaKembali,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baru => "baru",
            Self::Terverifikasi => "terverifikasi",
            Self::Diproses => "diproses",
            Self::MenungguWarga => "menunggu_warga",
            Self::Selesai => "selesai",
            Self::Ditolak => "ditolak",
            Self::Dialihkan => "dialihkan",
            Self::Duplikat => "duplikat",
            Self::Dibatalkan => "dibatalkan",
            Self::DibukaKembali => "dibuka_kembali",
        }
    }

    /// The words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Baru => "Baru",
            Self::Terverifikasi => "Terverifikasi",
            Self::Diproses => "Diproses",
            Self::MenungguWarga => "Menunggu jawaban warga",
            Self::Selesai => "Selesai",
            Self::Ditolak => "Ditolak",
            Self::Dialihkan => "Dialihkan",
            Self::Duplikat => "Duplikat",
            Self::Dibatalkan => "Dibatalkan",
            Self::DibukaKembali => "Dibuka kembali",
        }
    }

    /// Whether nothing more is to be done, unless someone reopens it.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Selesai | Self::Ditolak | Self::Dialihkan | Self::Duplikat | Self::Dibatalkan)
    }
}

impl fmt::Display for ComplaintStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown status \"{0}\"")]
pub struct UnknownStatus(pub String);

impl FromStr for ComplaintStatus {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_reads_back_as_itself(days in 0i64..36_500, counter in 1u32..100_000) {
            let day = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a date") + chrono::Duration::days(days);
            let number = ComplaintNumber::new(day, counter);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = text.parse::<ComplaintNumber>();
        }
    }

    #[test]
    fn the_counter_grows_past_three_digits() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
        assert_eq!(ComplaintNumber::new(day, 7).to_string(), "LAP-20261120-007");
        assert_eq!(ComplaintNumber::new(day, 1000).to_string(), "LAP-20261120-1000");
    }

    #[test]
    fn what_only_looks_like_a_number_is_refused() {
        for text in ["LAP-20261320-001", "LAP-20261120-01", "LAP-20261120-000", "lap-20261120-001", "LAP-20261120-+01"]
        {
            assert_eq!(text.parse::<ComplaintNumber>(), Err(NotAComplaintNumber), "{text}");
        }
    }

    #[test]
    fn every_status_reads_back_as_itself() {
        for status in ComplaintStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).expect("JSON"), status.as_str());
        }
    }
}
