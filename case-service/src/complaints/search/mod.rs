//! Finding complaints: filters, orders, and where the next page begins.
//!
//! Pages are keyset pages: the cursor holds the sort value and id of the last row seen, so that a page costs the same
//! however deep it lies, and new complaints shift nothing.

pub mod csv;
pub mod http;
pub mod store;
pub mod text;

use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::{ComplaintStatus, ContactId};
use serde::Deserialize;
use uuid::Uuid;

use super::Complaint;
use super::draft::Checker;
use crate::calendar::start_of;

/// The query string as it comes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// One or several statuses, separated by commas.
    pub status: Option<String>,
    /// One or several categories, separated by commas.
    pub kategori: Option<String>,
    pub kelurahan: Option<String>,
    /// A number, the day of one (20261120), or words of the description or the place, also mistyped ones.
    pub q: Option<String>,
    /// Made on or after this day of Asia/Jakarta, or this time (RFC 3339).
    pub from: Option<String>,
    /// Made on or before this day, or before this time.
    pub to: Option<String>,
    pub contact_id: Option<String>,
    /// The person that works on it, by id.
    pub assigned_to: Option<String>,
    /// The agency that works on it.
    pub agency: Option<String>,
    /// `true`: only what can't wait.
    pub urgent: Option<String>,
    /// `late`: due and the clock runs; `running`: the clock runs.
    pub sla: Option<String>,
    /// `-created_at` (default), `created_at`, `-updated_at`, `updated_at`, `due_at`, `-due_at`.
    pub sort: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// At most 200; 50 by default.
    pub limit: Option<String>,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub statuses: Vec<ComplaintStatus>,
    pub kategori: Vec<String>,
    pub kelurahan: Option<String>,
    pub q: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub contact_id: Option<ContactId>,
    pub assigned_to: Option<String>,
    pub agency: Option<String>,
    pub urgent: bool,
    pub sla: Option<Sla>,
    pub sort: Sort,
    pub after: Option<Cursor>,
    pub limit: u32,
}

/// Where the clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sla {
    Late,
    Running,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

/// What a list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    CreatedAt,
    UpdatedAt,
    DueAt,
}

/// The last row seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    /// The place of a complaint in this order.
    pub fn of(complaint: &Complaint, by: SortBy) -> Self {
        let at = match by {
            SortBy::CreatedAt => complaint.created_at,
            SortBy::UpdatedAt => complaint.updated_at,
            SortBy::DueAt => complaint.time.due_at,
        };
        Self { at, id: complaint.id }
    }

    /// As callers pass it back to us.
    pub fn encode(self) -> String {
        format!("{}.{}", self.at.timestamp_micros(), self.id.simple())
    }

    /// Reads what [`Cursor::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self { at: DateTime::from_timestamp_micros(at.parse().ok()?)?, id: Uuid::parse_str(id).ok()? })
    }
}

/// Rows per page when the caller does not say.
const USUAL_LIMIT: u32 = 50;

impl Params {
    /// Reads the query string; every bad parameter is refused by name.
    pub fn read(&self, check: &mut Checker) -> Filter {
        let statuses = listed(self.status.as_deref())
            .filter_map(|word| {
                word.parse().map_err(|_| check.refuse("status", format!("\"{word}\" is not a status"))).ok()
            })
            .collect();
        let mut parsed = |field, text: &Option<String>, what| {
            let text = given(text.as_deref())?;
            text.parse::<Uuid>().map_err(|_| check.refuse(field, what)).ok()
        };
        let contact_id = parsed("contact_id", &self.contact_id, "must be a UUID").map(ContactId);
        Filter {
            statuses,
            kategori: listed(self.kategori.as_deref()).map(str::to_owned).collect(),
            kelurahan: given(self.kelurahan.as_deref()).map(str::to_owned),
            q: given(self.q.as_deref()).map(str::to_owned),
            from: instant("from", self.from.as_deref(), 0, check),
            to: instant("to", self.to.as_deref(), 1, check),
            contact_id,
            assigned_to: given(self.assigned_to.as_deref()).map(str::to_owned),
            agency: given(self.agency.as_deref()).map(str::to_owned),
            urgent: match given(self.urgent.as_deref()) {
                Some("true") => true,
                None | Some("false") => false,
                Some(_) => {
                    check.refuse("urgent", "must be true or false");
                    false
                }
            },
            sla: match given(self.sla.as_deref()) {
                None => None,
                Some("late") => Some(Sla::Late),
                Some("running") => Some(Sla::Running),
                Some(_) => {
                    check.refuse("sla", "must be late or running");
                    None
                }
            },
            sort: given(self.sort.as_deref()).map_or(Sort::NEWEST, |text| {
                Sort::parse(text).unwrap_or_else(|| {
                    check.refuse(
                        "sort",
                        "must be created_at, updated_at or due_at, with - in front for the latest first",
                    );
                    Sort::NEWEST
                })
            }),
            after: given(self.cursor.as_deref()).and_then(|text| {
                let cursor = Cursor::decode(text);
                if cursor.is_none() {
                    check.refuse("cursor", "must be the next_cursor of the page before");
                }
                cursor
            }),
            limit: limit(self.limit.as_deref(), check),
        }
    }
}

impl Sort {
    /// The order of a list that asks for none.
    pub const NEWEST: Self = Self { by: SortBy::CreatedAt, descending: true };

    fn parse(text: &str) -> Option<Self> {
        let (descending, word) = match text.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, text),
        };
        let by = match word {
            "created_at" => SortBy::CreatedAt,
            "updated_at" => SortBy::UpdatedAt,
            "due_at" => SortBy::DueAt,
            _ => return None,
        };
        Some(Self { by, descending })
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn listed(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// A day of Asia/Jakarta, whole days later, or a time.
pub fn instant(field: &'static str, text: Option<&str>, days_later: u64, check: &mut Checker) -> Option<DateTime<Utc>> {
    let text = given(text)?;
    if let Ok(day) = text.parse::<NaiveDate>() {
        return day.checked_add_days(Days::new(days_later)).map(start_of);
    }
    let time = DateTime::parse_from_rfc3339(text);
    if time.is_err() {
        check.refuse(field, "must be a day (2026-11-20) or a time (2026-11-20T09:00:00+07:00)");
    }
    time.ok().map(|time| time.with_timezone(&Utc))
}

fn limit(text: Option<&str>, check: &mut Checker) -> u32 {
    let most = contracts::dto::MAX_LIMIT;
    match given(text).map(str::parse::<u32>) {
        None => USUAL_LIMIT,
        Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
        Some(_) => {
            check.refuse("limit", format!("must be between 1 and {most}"));
            USUAL_LIMIT
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_itself_and_nonsense_does_not() {
        let at = DateTime::from_timestamp_micros(1_795_000_000_123_456).expect("a time");
        let cursor = Cursor { at, id: Uuid::from_u128(7) };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for text in ["", ".", "1", "x.y", "99999999999999999999.00000000000000000000000000000007"] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_whole_days_in_jakarta() {
        let params = Params { from: Some("2026-11-20".into()), to: Some("2026-11-20".into()), ..Params::default() };
        let filter = params.read(&mut Checker::default());
        assert_eq!(filter.from.map(|t| t.to_rfc3339()).as_deref(), Some("2026-11-19T17:00:00+00:00"));
        assert_eq!(filter.to.map(|t| t.to_rfc3339()).as_deref(), Some("2026-11-20T17:00:00+00:00"));
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let bad = || Some("?".to_owned());
        let params = Params {
            status: bad(),
            from: bad(),
            to: bad(),
            contact_id: bad(),
            sla: bad(),
            urgent: bad(),
            sort: bad(),
            cursor: bad(),
            limit: Some("201".to_owned()),
            ..Params::default()
        };
        let mut check = Checker::default();
        params.read(&mut check);
        let mut fields: Vec<_> = check.finish().into_iter().map(|(field, _)| field).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["contact_id", "cursor", "from", "limit", "sla", "sort", "status", "to", "urgent"]);
    }
}
