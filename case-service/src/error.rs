//! Why a request is refused, and how that looks on the wire.

use contracts::ComplaintStatus;
use platform::http::Problem;

use crate::complaints::draft::FieldErrors;
use crate::complaints::transition::Refusal;

/// What can be wrong with a request that reached us whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some fields are not right")]
    Invalid(FieldErrors),
    #[error("there is no such complaint")]
    NoComplaint,
    #[error("the complaint has version {0} now")]
    Stale(i64),
    #[error("nobody is known to be behind it")]
    NobodyKnown,
    #[error("there is no such category")]
    NoCategory,
    #[error("the category has version {0} now")]
    StaleCategory(i64),
    #[error("the office has set nothing about this day")]
    NoDay,
    #[error("the office has a category with this key")]
    CategoryExists,
    #[error("the complaint belongs to someone else")]
    SomeoneElses,
    #[error("the complaint is closed")]
    Closed { allowed: Vec<ComplaintStatus> },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let words = |allowed: Vec<ComplaintStatus>| allowed.into_iter().map(ComplaintStatus::as_str);
        match error {
            Error::Invalid(errors) => Self::validation(errors),
            Error::NoComplaint => Self::not_found("there is no complaint with this number or id"),
            Error::Stale(version) => {
                Self::stale(format!("the complaint has version {version} now: read it again and repeat the change"))
            }
            Error::NobodyKnown => Self::not_found(
                "nobody is known to be behind this complaint: their data were erased, or the key is another one",
            ),
            Error::NoCategory => Self::not_found("the office has no category with this key"),
            Error::StaleCategory(version) => {
                Self::stale(format!("the category has version {version} now: read it again and repeat the change"))
            }
            Error::NoDay => Self::not_found("the office has set nothing about this day"),
            Error::CategoryExists => Self::conflict(
                "the office has a category with this key already: choose another key, or change that category",
            )
            .kind("category-exists"),
            Error::SomeoneElses => Self::forbidden("this complaint belongs to another citizen"),
            Error::Closed { allowed } => Self::conflict("the complaint is closed: reopen it first")
                .kind("illegal-transition")
                .allowed(words(allowed)),
            Error::Refused(Refusal::Missing { field, message }) => Self::validation([(field, message)]),
            Error::Refused(Refusal::NotAllowed { from, to, allowed }) => {
                Self::conflict(format!("from {from} it can't go to {to}"))
                    .kind("illegal-transition")
                    .allowed(words(allowed))
            }
        }
    }
}
