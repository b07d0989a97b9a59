//! Complaints as staff see them: the list, one complaint, and moving it on.
//!
//! case-service owns them; here are only screens and what they ask for.

pub mod api;
mod change;
pub mod detail;
pub mod list;
pub mod moves;
pub mod table;
mod timeline;

#[cfg(feature = "ssr")]
pub mod client;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use contracts::dto::case::{ComplaintDetail, ComplaintView};
use contracts::{Category, ComplaintNumber, ComplaintStatus};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// How much of a description a list shows.
const EXCERPT_CHARS: usize = 140;

/// What the list is narrowed to, and from where on it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub status: Option<ComplaintStatus>,
    pub kategori: Option<Category>,
    pub q: Option<String>,
    /// Only what is past its due time.
    pub late: bool,
    pub cursor: Option<String>,
}

impl Filter {
    /// Reads the page's address. What makes no sense is left out.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name| get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            status: word("status").and_then(|text| text.parse().ok()),
            kategori: word("kategori").map(Category),
            q: word("q"),
            late: word("sla").is_some(),
            cursor: word("cursor"),
        }
    }

    /// Whether anything is narrowed at all.
    pub fn is_narrow(&self) -> bool {
        self.status.is_some() || self.kategori.is_some() || self.q.is_some() || self.late
    }

    /// The same list from another place on.
    #[must_use]
    pub fn from_cursor(&self, cursor: Option<String>) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// The page's address.
    pub fn href(&self) -> String {
        format!("/complaints{}", self.query_string(if self.late { &[("sla", "terlambat")] } else { &[] }))
    }

    /// `?status=…&…`, with what only one reader wants.
    pub fn query_string(&self, more: &[(&str, &str)]) -> String {
        let own = [
            ("status", self.status.map(ComplaintStatus::as_str)),
            ("kategori", self.kategori.as_ref().map(|kategori| kategori.0.as_str())),
            ("q", self.q.as_deref()),
            ("cursor", self.cursor.as_deref()),
        ];
        let given = own.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(more.iter().copied());
        given.fold(String::new(), |mut text, (name, value)| {
            let mark = if text.is_empty() { '?' } else { '&' };
            // Writing to a String can't fail.
            let _ = write!(text, "{mark}{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
            text
        })
    }
}

/// One complaint in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub complaint_id: ComplaintNumber,
    pub version: i64,
    pub status: ComplaintStatus,
    pub kategori_nama: String,
    pub alamat: String,
    pub excerpt: String,
    pub rahasia: bool,
    pub created_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub late: bool,
}

impl Row {
    /// The list's view of a complaint.
    pub fn new(view: ComplaintView, now: DateTime<Utc>) -> Self {
        Self {
            late: is_late(&view, now),
            excerpt: excerpt(&view.deskripsi),
            complaint_id: view.complaint_id,
            version: view.version,
            status: view.status,
            kategori_nama: view.kategori_nama,
            alamat: view.alamat,
            rahasia: view.rahasia,
            created_at: view.created_at,
            due_at: view.due_at,
        }
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    pub rows: Vec<Row>,
    pub next_cursor: Option<String>,
}

/// One complaint, whole, and what the viewer may do with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    pub complaint: ComplaintDetail,
    pub late: bool,
    pub may_change: bool,
}

/// Past its due time, and the clock still runs.
pub fn is_late(view: &ComplaintView, now: DateTime<Utc>) -> bool {
    !view.status.is_closed() && view.status != ComplaintStatus::MenungguWarga && view.due_at < now
}

fn excerpt(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(EXCERPT_CHARS) {
        words.truncate(end);
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_its_filter() {
        let filter = Filter {
            status: Some(ComplaintStatus::Baru),
            kategori: Some("jalan_rusak".into()),
            q: Some("Jl. Melati & 15%".to_owned()),
            late: true,
            cursor: None,
        };
        let href = filter.href();
        let url = url::Url::parse(&format!("http://x{href}")).expect("an address");
        let read =
            Filter::read(|name| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()));
        assert_eq!(read, filter);
    }

    #[test]
    fn what_makes_no_sense_narrows_nothing() {
        let filter = Filter::read(|name| match name {
            "status" => Some("selsai".to_owned()),
            _ => Some("  ".to_owned()),
        });
        assert_eq!(filter, Filter::default());
        assert_eq!(filter.href(), "/complaints");
    }

    #[test]
    fn an_excerpt_is_cut_between_characters() {
        let long = "é".repeat(EXCERPT_CHARS + 5);
        assert_eq!(excerpt(&long).chars().count(), EXCERPT_CHARS + 1);
        assert_eq!(excerpt("  jalan\n berlubang "), "jalan berlubang");
    }
}
