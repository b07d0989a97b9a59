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
    /// A colleague has the conversation (409).
    #[error("{0} sedang menangani percakapan ini.")]
    Held(String),
    /// WhatsApp takes no free text any more (409).
    #[error("Jendela 24 jam WhatsApp sudah tertutup, pesan tidak dikirim. Tunggu sampai warga menulis lagi.")]
    WindowClosed,
    #[error("Layanan WhatsApp sedang tidak dapat dihubungi. Yang Anda tulis belum dikirim; coba lagi sebentar lagi.")]
    ChannelAway,
    #[error("Layanan asisten sedang tidak menjawab. Yang sudah tersimpan aman; coba lagi sebentar lagi.")]
    AssistantAway,
    /// One sentence per bad field.
    #[error("{}", .0.join(" "))]
    Invalid(Vec<String>),
    #[error("Layanan laporan sedang tidak dapat dihubungi. Data Anda aman; coba lagi sebentar lagi.")]
    Unavailable,
    #[error("Terjadi gangguan pada sistem. Coba lagi; bila berulang, hubungi pengelola.")]
    Internal,
}

#[cfg(feature = "ssr")]
impl AppError {
    fn status(&self) -> http::StatusCode {
        use http::StatusCode;
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::NotAllowed(_) | Self::Held(_) | Self::WindowClosed => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable | Self::ChannelAway | Self::AssistantAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The answer of a server function, with the status that fits it. A page that is being drawn keeps its own, and a plain
/// form's answer is a redirect.
#[cfg(feature = "ssr")]
pub fn answer<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    use leptos::prelude::use_context;
    if let Err(error) = &result
        && let Some(parts) = use_context::<http::request::Parts>()
        && parts.uri.path().starts_with("/api/")
        && !crate::sessions::http::is_plain_form(&parts)
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
    {
        response.set_status(error.status());
    }
    result
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
