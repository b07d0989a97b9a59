//! Documents that the assistant may answer from, as staff see them: the file, how far it has come, what was read.
//!
//! Staff's pages and the internal API change them through [`change`]; `document.uploaded` asks ai-service to read them,
//! its `document.processed` and `document.failed` settle them ([`events`]); what must go is removed by [`removals`].
//! FAQ entries are documents of kind `faq` and go the same way. What must stay true: a version is settled once and only
//! upwards, and nothing of another office is seen unless that office shares it.

pub mod change;
pub mod chunks;
pub mod detail;
pub mod download;
pub mod events;
pub mod file;
pub mod http;
pub mod internal;
pub mod page;
pub mod refusal;
pub mod removals;
pub mod store;
pub mod upload;
pub mod watch;

use chrono::{DateTime, Utc};
use contracts::dto::ai::DocumentKind;
use contracts::{DocumentId, OfficeId};
use platform::http::Problem;
use platform::http::auth::Actor;
use uuid::Uuid;

use crate::activity::Activity;
use crate::sessions::Viewer;
use crate::staff::{MANAGE_KNOWLEDGE, Role};
use refusal::Refusal;

/// The area of the shared storage.
pub const AREA: &str = "documents";
/// The longest title, as the table has it.
pub const LONGEST_TITLE: usize = 300;

/// How far a document has come. The words are ai-service's, and `retired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Queued,
    Processing,
    Ready,
    Failed,
    /// Kept here, and answered from no more.
    Retired,
}

impl Status {
    const ALL: [Self; 5] = [Self::Queued, Self::Processing, Self::Ready, Self::Failed, Self::Retired];

    /// The word in the database, in events and on pages' `data-status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Retired => "retired",
        }
    }

    /// What staff read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "Menunggu",
            Self::Processing => "Diproses",
            Self::Ready => "Siap",
            Self::Failed => "Gagal",
            Self::Retired => "Nonaktif",
        }
    }

    /// Reads the word in the database.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// A document or FAQ entry, as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub document_id: DocumentId,
    pub office_id: OfficeId,
    pub kind: DocumentKind,
    pub title: String,
    pub shared: bool,
    pub version: i64,
    /// The version that answers come from; 0: none yet.
    pub answering_version: i64,
    pub status: Status,
    pub reason: Option<String>,
    pub chunks: i32,
    pub file: Option<File>,
    pub updated_by: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The file of a document's newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub key: String,
    pub name: String,
    pub mime_type: String,
    pub size: i64,
}

/// The word for a kind in the database and in events.
pub fn kind_word(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Document => "document",
        DocumentKind::Faq => "faq",
    }
}

/// The author's name as staff read it.
pub fn author_name(label: &str) -> String {
    if label == Actor::Service.label() { "Sistem".to_owned() } else { label.to_owned() }
}

/// Who changes something, and in which office.
#[derive(Debug, Clone)]
pub struct Author {
    pub office: OfficeId,
    user_id: Option<Uuid>,
    pub name: String,
    /// Only who stands above the offices speaks for all of them.
    may_share: bool,
}

impl Author {
    /// The person in front of the screen, if they may write.
    pub fn of_viewer(viewer: &Viewer) -> Result<Self, Refusal> {
        if !viewer.may(MANAGE_KNOWLEDGE) {
            return Err(Refusal::Forbidden);
        }
        Ok(Self {
            office: viewer.office.office_id,
            user_id: Some(viewer.user_id),
            name: viewer.name.clone(),
            may_share: viewer.role == Role::SuperAdmin,
        })
    }

    /// A service of ours, or the person whose token it brings.
    pub fn of_actor(actor: &Actor, office: OfficeId) -> Result<Self, Problem> {
        let person = match actor {
            Actor::Service => None,
            Actor::Person(_) => Some(actor.require(MANAGE_KNOWLEDGE)?),
        };
        Ok(Self {
            office,
            user_id: person.and_then(|person| person.id.parse().ok()),
            name: actor.label(),
            may_share: person.is_none_or(|person| person.role == Role::SuperAdmin.as_str()),
        })
    }

    /// Refuses what is for all offices to who may not speak for them.
    pub fn check_shared(&self, shared: bool) -> Result<(), Refusal> {
        if shared && !self.may_share { Err(Refusal::Forbidden) } else { Ok(()) }
    }

    /// A row for the activity log.
    pub fn did(&self, action: &'static str, subject: &str, details: serde_json::Value) -> Activity<'_> {
        Activity {
            office_id: self.office,
            user_id: self.user_id,
            actor_name: &self.name,
            action,
            subject: Some(subject.to_owned()),
            details,
        }
    }
}

/// Whether a viewer may change this document: in its own office, and a shared one only from above.
pub fn may_change(viewer: &Viewer, office: OfficeId, shared: bool) -> bool {
    viewer.may(MANAGE_KNOWLEDGE) && viewer.office.office_id == office && (!shared || viewer.role == Role::SuperAdmin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_back_as_itself() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.as_str()), Some(status));
        }
        assert_eq!(Status::from_word("siap"), None);
    }
}
