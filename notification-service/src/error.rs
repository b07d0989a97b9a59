//! Why a request is refused, and how that looks on the wire.

use platform::http::Problem;

use crate::notifications::Status;

/// A bad field and the remedy.
pub type FieldErrors = Vec<(String, String)>;

/// What can be wrong with a request that reached us whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some fields are not right")]
    Invalid(FieldErrors),
    #[error("there is no such notification")]
    NoNotification,
    #[error("there is no such template")]
    NoTemplate,
    #[error("the template is there already")]
    TemplateExists,
    #[error("{from} can't become {to}")]
    IllegalStatus { from: &'static str, to: &'static str, allowed: Vec<Status> },
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(errors) => Self::validation(errors),
            Error::NoNotification => Self::not_found("there is no notification with this id"),
            Error::NoTemplate => {
                Self::not_found("there is no template with this name: make it with POST /internal/templates")
            }
            Error::TemplateExists => {
                Self::conflict("there is a template with this name: change it with PUT /internal/templates/{name}")
            }
            Error::IllegalStatus { from, to, allowed } => Self::conflict(format!("from {from} it can't become {to}"))
                .kind("illegal-transition")
                .allowed(allowed.into_iter().map(Status::as_str)),
        }
    }
}
