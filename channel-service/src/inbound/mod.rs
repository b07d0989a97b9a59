//! From a durable webhook body to contacts, conversations, messages and statuses.
//!
//! [`parse`] walks the body item by item and never fails as a whole; [`intake`] takes batches and replays a failed one
//! body by body, then item by item; [`batch`] takes many items in with few statements, in one order of locks;
//! [`reports`] and [`amend`] say what statuses and later changes do; [`aside`] keeps what is not understood; [`store`] is
//! their SQL.

mod amend;
mod arrival;
mod aside;
mod batch;
pub mod intake;
pub mod parse;
mod reports;
mod store;

pub use amend::tell_message;

use platform::bus::HandlerError;

use crate::numbers::Number;

/// Why one item was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Event(#[from] platform::outbox::AppendError),
    #[error("an event does not serialise")]
    Serialise(#[from] serde_json::Error),
}

impl ItemError {
    pub(crate) fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(error) | Self::Event(platform::outbox::AppendError::Database(error)) => {
                platform::db::is_unavailable(error)
            }
            Self::Event(platform::outbox::AppendError::Serialise(_)) | Self::Serialise(_) => false,
        }
    }
}

impl From<ItemError> for HandlerError {
    fn from(error: ItemError) -> Self {
        if error.is_unavailable() { Self::Unavailable(error.into()) } else { Self::Failed(error.into()) }
    }
}

/// What a transaction leaves to do after its commit.
#[derive(Debug, Default)]
pub struct Effects {
    pub turn_opened: bool,
    pub media_waits: bool,
    /// A message of ours may go on: a merge has moved it.
    pub merged: bool,
    /// Numbers whose account or token is at fault, as reports of failures say.
    pub stops: Vec<(Number, i64, &'static str)>,
}
