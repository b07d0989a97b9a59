//! Errors of the HTTP edge.

use platform::bus::HandlerError;
use platform::http::Problem;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the message could not be processed")]
    Turn(#[source] HandlerError),
    #[error("this message was answered before, and its answer is not kept any more")]
    AnsweredBefore,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::Turn(HandlerError::Unavailable(_)) => {
                Self::unavailable("a service that the answer needs is away: try again with the same message_id")
                    .because(&error)
            }
            Error::Turn(_) => Self::internal(&error),
            Error::AnsweredBefore => Self::conflict(error.to_string()),
        }
    }
}
