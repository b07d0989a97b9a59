//! Documents and FAQ entries on their way into the index.
//!
//! `document.uploaded` ([`events`]) and `POST /internal/documents/process` ([`http`]) write a job; the [`worker`] reads
//! the file in a process of its own ([`extract`]), cuts it ([`chunks`]) and swaps the passages in one transaction. What
//! must stay true: a search sees a document's old version or its new one, never half of either; an older upload never
//! replaces a newer one; a document that can't be read fails alone, with a reason; deletion leaves nothing to be found.

pub mod chunks;
pub mod events;
pub mod extract;
pub mod http;
pub mod refresh;
pub mod store;
pub mod worker;

use contracts::dto::ai::DocumentKind;
use contracts::{DocumentId, OfficeId};
use platform::outbox::Cause;
use platform::storage::Key;

/// The longest text that may be sent instead of a file.
pub const LONGEST_CONTENT: usize = 500_000;
/// The longest title.
pub const LONGEST_TITLE: usize = 300;

/// A document to make searchable.
#[derive(Debug, Clone)]
pub struct Upload {
    pub office: OfficeId,
    pub document_id: DocumentId,
    pub title: String,
    pub kind: DocumentKind,
    pub shared: bool,
    pub source: Source,
    pub mime_type: Option<String>,
    /// `None`: one more than the last.
    pub version: Option<i64>,
}

/// Where its text comes from.
#[derive(Debug, Clone)]
pub enum Source {
    Content(String),
    Key(Key),
}

/// A document whose turn it is.
#[derive(Debug)]
pub struct Job {
    pub upload: Upload,
    pub version: i64,
    /// How often it was begun before.
    pub attempts: i32,
    pub lease: uuid::Uuid,
    pub cause: Cause,
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// This version will be read.
    Version(i64),
    /// A version that is as new or newer is there already.
    TooLate,
}

/// The word in rows and events.
pub fn word(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Document => "document",
        DocumentKind::Faq => "faq",
    }
}

/// The kind of that word; unknown ones are documents.
pub fn kind(word: &str) -> DocumentKind {
    if word == "faq" { DocumentKind::Faq } else { DocumentKind::Document }
}
