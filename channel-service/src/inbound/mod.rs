//! From a durable webhook body to contacts, conversations, messages and statuses.
//!
//! [`parse`] walks the body item by item and never fails as a whole; [`intake`] takes batches and replays a failed one
//! body by body, then item by item; [`message`] and [`status`] say what one item does; [`store`] is their SQL.

pub mod intake;
mod message;
pub mod parse;
pub mod status;
mod store;

use platform::bus::HandlerError;

/// Why one item was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Event(#[from] platform::outbox::AppendError),
}

impl ItemError {
    pub(crate) fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(error) | Self::Event(platform::outbox::AppendError::Database(error)) => {
                platform::db::is_unavailable(error)
            }
            Self::Event(platform::outbox::AppendError::Serialise(_)) => false,
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
}
