//! What to do about what a citizen said: a state machine in code.
//!
//! Two pure functions. [`plan::plan`] goes from (dialogue, turn, facts) to a [`Plan`]: steps to take elsewhere, what to
//! answer, the dialogue afterwards. [`conclude::conclude`] goes from the plan and what the steps brought to the reply.
//! Between them `turns` acts. What must stay true: no IO, no clock, no randomness here; a model never decides; nothing
//! is said to be done that a step has not done; nothing is asked twice.

mod collect;
pub mod conclude;
mod draft;
pub mod plan;
mod reading;
mod status;
pub mod store;

pub mod turn;
pub mod words;

use chrono::{DateTime, Utc};
use contracts::dto::ai::Entities;
use contracts::intent::Intent;
use contracts::message::Reply;
use contracts::{ComplaintNumber, ComplaintStatus, ContactId, TurnId};
use serde::{Deserialize, Serialize};

pub use draft::{Attempt, Draft, Field};
pub use turn::Turn;

/// What is remembered of a conversation between turns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialogue {
    pub state: State,
    /// Turns in a row that were not understood.
    pub failures: u8,
    /// The citizen writes English.
    pub english: bool,
    /// The last answer offered a person: a "yes" now means that.
    pub offered_person: bool,
    /// The danger in this complaint was flagged already.
    pub danger_flagged: bool,
}

/// Where a conversation stands, with what belongs to it there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Nothing is under way.
    #[default]
    Idle,
    /// A complaint is being taken; `asked` is what the last question was about.
    Collecting { draft: Draft, asked: Field },
    /// The complaint is complete and shown; the citizen says yes, changes it or drops it.
    Confirming { draft: Draft },
    /// The citizen wants to change something, and was asked what.
    Editing { draft: Draft },
    /// The citizen wants to cancel a complaint of theirs, and was asked whether they mean it.
    Cancelling { number: ComplaintNumber },
}

impl State {
    /// The word in answers and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Collecting { .. } => "collecting",
            Self::Confirming { .. } => "confirming",
            Self::Editing { .. } => "editing",
            Self::Cancelling { .. } => "cancelling",
        }
    }

    /// The complaint that is being taken, if one is.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Collecting { draft, .. } | Self::Confirming { draft } | Self::Editing { draft } => Some(draft),
            Self::Idle | Self::Cancelling { .. } => None,
        }
    }
}

/// What the transition may know beside the turn.
#[derive(Debug, Clone)]
pub struct Facts {
    pub turn_id: TurnId,
    pub contact_id: ContactId,
    pub office_name: String,
    pub emergency_numbers: Vec<String>,
    /// The hour of the day in Jakarta, for the greeting.
    pub hour: u32,
}

/// Something to do elsewhere. Step n of a turn is done under the idempotency key `turn_id:n`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    CreateComplaint { draft: Box<Draft> },
    FindComplaint { number: ComplaintNumber },
    LatestComplaints,
    CancelComplaint { number: ComplaintNumber },
}

/// What a step brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum StepResult {
    Created {
        number: ComplaintNumber,
        due_at: Option<DateTime<Utc>>,
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
    pub kategori: String,
    pub alamat: String,
    pub due_at: DateTime<Utc>,
    /// The last words of the office: a remark or a reason.
    pub note: Option<String>,
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
    Created { retry: Box<Dialogue>, summary: String },
    /// The status of the complaint that was asked for; then back to where we were.
    Status { resume: Option<Reply> },
    /// The citizen's latest complaints; `follow_up`: they are not content with one of them.
    Latest { resume: Option<Reply>, follow_up: bool },
    /// Ask whether to cancel this one, if it can be.
    AskCancel,
    /// Find out which one to cancel.
    ChooseCancel,
    /// It was cancelled, or not.
    Cancelled { number: ComplaintNumber },
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
