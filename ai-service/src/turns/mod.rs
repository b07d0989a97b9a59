//! Turns: understand and plan, act, commit.
//!
//! (a) [`prepare`] writes the plan under the turn's id while it holds the dialogue's lock; (b) [`act`] takes the plan's
//! steps with no transaction open, step n under the key `turn_id:n`; (c) [`commit`] writes the dialogue, the inbox and
//! the answer in one transaction. A redelivery finds the plan and goes on from there, so that a process may die between
//! any two of them: one complaint, one answer. Called by [`consumer`] for turns from WhatsApp and by `process` for
//! calls. What must stay true: within a conversation a turn is planned only when the one before it has ended.

pub mod act;
pub mod answers;
pub mod commit;
pub mod consumer;
mod follow;
pub mod merge;
pub mod prepare;
pub mod prune;
pub mod store;
pub mod texts;

use chrono::{DateTime, Utc};
use contracts::{ContactId, ConversationId, EventId, OfficeId, TurnId};
use platform::bus::HandlerError;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::dialogue::conclude::{conclude, give_up};
use crate::dialogue::facts::Knowledge;
use crate::dialogue::{Conclusion, Plan, StepResult, Turn};
use prepare::Prepared;

/// A turn to answer.
#[derive(Debug, Clone)]
pub struct Work {
    pub turn_id: TurnId,
    pub office: OfficeId,
    pub conversation_id: ConversationId,
    pub contact_id: ContactId,
    pub origin: Origin,
}

/// Where a turn came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Origin {
    pub source: Source,
    /// The fence under which the answer is good.
    pub epoch: i64,
    pub received_at: DateTime<Utc>,
    /// After this, what is away is not waited for any more.
    pub deadline_at: DateTime<Utc>,
    #[serde(default)]
    pub event_id: Option<EventId>,
    #[serde(default)]
    pub correlation_id: Option<String>,
}

/// Who is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A turn of channel-service's: it is answered by an event.
    Whatsapp,
    /// A call: it is answered where it came in.
    Api,
}

impl Source {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Api => "api",
        }
    }
}

/// A plan as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub work: Work,
    pub plan: Plan,
    pub results: Vec<StepResult>,
}

/// How a turn ended; `None`: it had ended before, or is being ended by someone else.
pub type Ended = Option<(Plan, Conclusion)>;

/// Answers a turn, from wherever it stands.
pub async fn run(app: &App, work: &Work, turn: &Turn, knowledge: &Knowledge) -> Result<Ended, HandlerError> {
    loop {
        match prepare::prepare(app, work, turn, knowledge).await? {
            Prepared::Finished => return Ok(None),
            Prepared::Ready(stored) => return finish(app, *stored).await,
            // A turn whose deadline passed before it was carried out: what it began is ended first.
            Prepared::After(unfinished) => {
                for stored in unfinished {
                    finish(app, stored).await?;
                }
            }
        }
    }
}

/// Acts and commits.
async fn finish(app: &App, mut stored: Stored) -> Result<Ended, HandlerError> {
    let texts = prepare::texts(app, stored.work.office).await?;
    let conclusion = match act::act(app, &mut stored).await {
        Ok(()) => conclude(&stored.plan, &stored.results, &texts),
        Err(HandlerError::Unavailable(error)) if app.ctx.clock.now() >= stored.work.origin.deadline_at => {
            tracing::warn!(turn = %stored.work.turn_id, error = &*error as &dyn std::error::Error, "a step could not be taken in time");
            give_up(&stored.plan, &texts)
        }
        Err(error) => return Err(error),
    };
    let ended = commit::commit(app, &stored, &conclusion).await?;
    Ok(ended.then_some((stored.plan, conclusion)))
}
