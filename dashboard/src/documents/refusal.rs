//! Why a change of knowledge was not made: in Indonesian for staff, in English for services.

use platform::http::Problem;
use platform::outbox::AppendError;
use platform::storage::StorageError;
use tracing::{error, warn};

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub field: &'static str,
    /// For services.
    pub detail: String,
    /// For staff: what is wrong, and what to do.
    pub said: String,
}

impl Flaw {
    pub fn new(field: &'static str, detail: impl Into<String>, said: impl Into<String>) -> Self {
        Self { field, detail: detail.into(), said: said.into() }
    }
}

/// Why it was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such document")]
    NotFound,
    #[error("not allowed")]
    Forbidden,
    #[error("it was changed meanwhile")]
    Changed,
    #[error("some fields are not right")]
    Flawed(Vec<Flaw>),
    #[error("the upload stopped before its end")]
    Interrupted,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Event(#[from] AppendError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Refusal {
    /// One bad field.
    pub fn flaw(field: &'static str, detail: impl Into<String>, said: impl Into<String>) -> Self {
        Self::Flawed(vec![Flaw::new(field, detail, said)])
    }

    /// What staff read, one sentence each. What went wrong inside goes to the log.
    pub fn said(&self) -> Vec<String> {
        let one = match self {
            Self::Flawed(flaws) => return flaws.iter().map(|flaw| flaw.said.clone()).collect(),
            Self::NotFound => "Data ini tidak ditemukan; mungkin sudah dihapus.",
            Self::Forbidden => "Anda tidak berwenang melakukan ini.",
            Self::Changed => {
                "Data ini sudah diubah orang lain. Muat ulang halaman, lalu periksa lagi sebelum mengubahnya."
            }
            Self::Interrupted => "Unggahan terputus sebelum selesai. Kirim berkasnya sekali lagi.",
            Self::Database(source) if platform::db::is_unavailable(source) => AWAY,
            Self::Storage(StorageError::Unavailable(_)) => AWAY,
            _ => "Terjadi gangguan pada sistem. Coba lagi; bila berulang, hubungi pengelola.",
        };
        self.log();
        vec![one.to_owned()]
    }

    fn log(&self) {
        match self {
            Self::Database(_) | Self::Event(_) => {
                error!(error = self as &dyn std::error::Error, "knowledge could not be changed");
            }
            Self::Storage(_) => warn!(error = self as &dyn std::error::Error, "a document's file could not be kept"),
            _ => {}
        }
    }
}

const AWAY: &str = "Sistem sedang terganggu dan perubahan belum tersimpan. Coba lagi sebentar lagi.";

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::not_found("there is no such document"),
            Refusal::Forbidden => Self::forbidden("this person may not do that"),
            Refusal::Changed => Self::stale("it was changed meanwhile: read it again"),
            Refusal::Flawed(flaws) => Self::validation(flaws.into_iter().map(|flaw| (flaw.field, flaw.detail))),
            Refusal::Interrupted => Self::bad_request("the upload stopped before its end: send it again"),
            Refusal::Database(error) => error.into(),
            Refusal::Event(error) => error.into(),
            Refusal::Storage(error) => error.into(),
        }
    }
}
