//! What can go wrong between a screen and its data, in words for the person in front of it.
//!
//! Server functions return it, the browser shows it; what happened inside goes to the log line alone.

use contracts::ComplaintStatus;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a screen has no data, or a change was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    #[error("Sesi Anda sudah berakhir. Silakan masuk lagi.")]
    NotSignedIn,
    #[error("Anda tidak berwenang melakukan ini.")]
    Forbidden,
    #[error("Data ini tidak ditemukan.")]
    NotFound,
    /// Somebody was faster (412).
    #[error("Laporan ini sudah diubah orang lain. Muat ulang halaman, lalu periksa lagi sebelum mengubahnya.")]
    Changed,
    #[error("Status tidak dapat diubah menjadi itu. {}", possible(.0))]
    NotAllowed(Vec<ComplaintStatus>),
    /// One sentence per bad field.
    #[error("{}", .0.join(" "))]
    Invalid(Vec<String>),
    #[error("Layanan laporan sedang tidak dapat dihubungi. Data Anda aman; coba lagi sebentar lagi.")]
    Unavailable,
    #[error("Terjadi gangguan pada sistem. Coba lagi; bila berulang, hubungi pengelola.")]
    Internal,
}

fn possible(allowed: &[ComplaintStatus]) -> String {
    if allowed.is_empty() {
        return "Laporan ini sudah tidak dapat dipindahkan.".to_owned();
    }
    let labels: Vec<_> = allowed.iter().map(|status| status.label()).collect();
    format!("Yang mungkin: {}.", labels.join(", "))
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid(vec!["Isian formulir tidak lengkap.".to_owned()])
            }
            _ => Self::Internal,
        }
    }
}
