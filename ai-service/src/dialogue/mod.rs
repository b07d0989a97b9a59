//! What to do about what a citizen said: a state machine in code.
//!
//! Two pure functions. [`plan::plan`] goes from (dialogue, turn, facts) to a [`Plan`]: steps to take elsewhere, what to
//! answer, the dialogue afterwards. [`conclude::conclude`] goes from the plan and what the steps brought to the reply.
//! Between them `turns` acts. What must stay true: no IO, no clock, no randomness here; a model never decides; nothing
//! is said to be done that a step has not done; nothing is asked twice.
//!
//! [`plan`] looks at what comes before everything (danger, a person, what is not ours, anger) and then at the state:
//! `idle`, `collect`, `confirm`, `follow`, `status`. `aside` answers digressions and returns to the open question.

mod answers;
mod aside;
mod collect;
pub mod conclude;
mod concluded;
mod confirm;
mod correct;
mod dates;
mod draft;
pub mod facts;
mod follow;
mod handback;
mod idle;
mod mood;
mod people;
pub mod plan;
mod reading;
pub mod state;
mod status;
pub mod store;
mod wordless;

pub mod turn;
pub mod words;

use chrono::{DateTime, Utc};
use contracts::dto::ai::{Entities, Source};
use contracts::intent::Intent;
use contracts::message::{MediaRef, Reply};
use contracts::{Category, ComplaintNumber, ComplaintStatus};
use serde::{Deserialize, Serialize};

use crate::categories::Categories;
pub use draft::{Attempt, Draft, Field};
pub use facts::Facts;
pub use state::{Deed, Dialogue, Offer, Pending, State};
pub use turn::Turn;

/// Something to do elsewhere. Step n of a turn is done under the idempotency key `turn_id:n`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    CreateComplaint {
        draft: Box<Draft>,
    },
    FindComplaint {
        number: ComplaintNumber,
    },
    LatestComplaints,
    CancelComplaint {
        number: ComplaintNumber,
    },
    /// Adds to, reopens or answers for a complaint of the citizen's own.
    Follow {
        number: ComplaintNumber,
        deed: Deed,
        text: String,
        media: Vec<MediaRef>,
        said_at: DateTime<Utc>,
    },
}

impl Step {
    /// Whether it only looks.
    pub fn reads(&self) -> bool {
        matches!(self, Self::FindComplaint { .. } | Self::LatestComplaints)
    }
}

/// What a step brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum StepResult {
    Created {
        number: ComplaintNumber,
        due_at: Option<DateTime<Utc>>,
    },
    /// These parts of it were refused: field and reason.
    Invalid {
        errors: Vec<(String, String)>,
    },
    Found {
        complaint: Known,
    },
    NotFound,
    Listed {
        complaints: Vec<Known>,
    },
    Cancelled,
    /// It can't be cancelled (any more).
    NotCancellable,
    /// What the citizen had to say stands on the complaint now.
    Followed,
    /// It is not theirs, or it is too late.
    NotFollowed,
    /// The other service answered that it won't.
    Refused {
        status: u16,
    },
}

/// What the dialogue may know of a complaint. Of somebody else's it knows nothing but the public status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub number: ComplaintNumber,
    pub status: ComplaintStatus,
    /// Only for the citizen's own.
    pub details: Option<Details>,
}

/// What only the reporter is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The category's name.
    pub kategori: String,
    /// Its key.
    #[serde(default = "no_category")]
    pub key: Category,
    pub alamat: String,
    #[serde(default)]
    pub deskripsi: String,
    pub due_at: DateTime<Utc>,
    /// The last words of the office: a remark, a reason or a question.
    pub note: Option<String>,
}

fn no_category() -> Category {
    Category(String::new())
}

/// What a turn will do and say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub intent: Intent,
    pub confidence: f64,
    pub provider: String,
    pub entities: Entities,
    pub steps: Vec<Step>,
    pub answer: Answer,
    /// The dialogue afterwards, unless the steps' results say otherwise.
    pub next: Dialogue,
    /// Where the answer comes from, if it comes from documents.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// A question that the office's documents do not answer: to be recorded.
    #[serde(default)]
    pub unanswered: Option<String>,
    /// The takeover whose human part this turn has read, by its epoch.
    #[serde(default)]
    pub handback: Option<i64>,
}

/// How the answer comes about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Known already.
    Say { reply: Reply },
    /// A person takes over.
    Handoff { reason: String, summary: String, text: String },
    /// The complaint was made, or not. `retry` is the dialogue to return to if it is unknown which.
    Created { retry: Box<Dialogue>, summary: String, categories: Box<Categories> },
    /// The status of the complaint that was asked for; then back to where we were.
    Status { resume: Option<Reply> },
    /// The citizen's latest complaints.
    Latest { resume: Option<Reply> },
    /// They are not content with a complaint of theirs, or have more to say: find out which.
    FollowUp(Box<FollowUp>),
    /// It was added, reopened, answered, or not. `retry` is the dialogue to return to if it is unknown which.
    Followed { number: ComplaintNumber, deed: Deed, retry: Box<Dialogue>, summary: String },
    /// Ask whether to cancel this one, if it can be.
    AskCancel,
    /// Find out which one to cancel.
    ChooseCancel,
    /// It was cancelled, or not.
    Cancelled { number: ComplaintNumber },
}

/// What a citizen said about a complaint that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Their words, without what only leads to them.
    pub text: String,
    pub media: Vec<MediaRef>,
    /// What it seems to be about.
    pub kategori: Option<Category>,
    /// They want to add something, whatever the complaint's state.
    pub adds: bool,
    /// Show a list to choose from.
    pub choose: bool,
    /// What to do when there is no complaint that it could be about.
    pub otherwise: Option<(Reply, State)>,
}

/// How a turn ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conclusion {
    pub reply: Reply,
    /// A person is wanted: why, and what they need to know.
    pub handoff: Option<Handoff>,
    pub next: Dialogue,
    pub complaint_id: Option<ComplaintNumber>,
    /// A stable word for statistics.
    pub outcome: String,
}

/// The call for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handoff {
    pub reason: String,
    pub summary: String,
}
