//! What is remembered of a conversation between turns, and where it stands.

use chrono::{DateTime, Utc};
use contracts::ComplaintNumber;
use contracts::message::MediaRef;
use serde::{Deserialize, Serialize};

use super::{Draft, Field};
use crate::understanding::Understood;

/// What is remembered of a conversation between turns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialogue {
    pub state: State,
    /// Turns in a row that were not understood.
    pub failures: u8,
    /// The citizen writes English.
    pub english: bool,
    /// What the last answer offered: a "yes" now means that.
    pub offered: Option<Offer>,
    /// The danger in this complaint was flagged already.
    pub danger_flagged: bool,
    /// How angry the citizen has been lately; calm turns take it down again.
    pub anger: u8,
    /// Turns in a row that brought pictures and no word.
    pub wordless: u8,
    /// Complaints that the citizen told of while another one was being taken.
    pub waiting: Vec<Pending>,
    /// The complaint that was last made or spoken of.
    pub about: Option<ComplaintNumber>,
    /// When a person was called for the last time and nobody has come yet.
    pub called_at: Option<DateTime<Utc>>,
    /// What a person settled, when they had the conversation.
    pub human: Option<Human>,
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
    /// Something is to be said on a complaint that was sent: the words are asked for, or shown and wait for a yes.
    Following {
        number: ComplaintNumber,
        deed: Deed,
        text: String,
        media: Vec<MediaRef>,
        /// What the words were if they were not meant for this.
        #[serde(default)]
        otherwise: Option<Pending>,
    },
}

/// What is done to a complaint that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// More on an open one.
    Add,
    /// A closed one is opened again.
    Reopen,
    /// The officers' question is answered.
    Answer { question: String },
}

/// What a "yes" would mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// A person.
    Person,
    /// The next complaint that was told of.
    Next,
}

/// Words to come back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    pub text: String,
    pub understood: Understood,
}

/// What a person and the citizen said to each other, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Human {
    pub officer: String,
    pub ended_at: DateTime<Utc>,
    pub summary: String,
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
            Self::Following { .. } => "following",
        }
    }

    /// The complaint that is being taken, if one is.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Collecting { draft, .. } | Self::Confirming { draft } | Self::Editing { draft } => Some(draft),
            Self::Idle | Self::Cancelling { .. } | Self::Following { .. } => None,
        }
    }

    /// The same, to change it.
    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Collecting { draft, .. } | Self::Confirming { draft } | Self::Editing { draft } => Some(draft),
            Self::Idle | Self::Cancelling { .. } | Self::Following { .. } => None,
        }
    }
}
