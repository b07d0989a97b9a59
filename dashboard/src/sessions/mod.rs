//! Signing in, staying signed in, and who is in front of the screen.
//!
//! Sessions live in the database, so that any instance serves any request. The browser holds a random token in a cookie
//! that scripts can't read; the database holds its hash.

pub mod api;
pub mod page;

#[cfg(feature = "ssr")]
pub mod cookie;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod lockout;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod token;

use contracts::OfficeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::live_chat::Frame;
use crate::staff::Role;

/// The person in front of the screen, and the office that they work in now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub user_id: Uuid,
    pub username: String,
    pub name: String,
    pub role: Role,
    pub permissions: Vec<String>,
    pub office: OfficeChoice,
    /// The offices that they may switch to, this one among them.
    pub offices: Vec<OfficeChoice>,
    /// What every page's frame shows; asked for by pages alone.
    #[serde(default)]
    pub frame: Frame,
}

/// An office by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeChoice {
    pub office_id: OfficeId,
    pub name: String,
}

impl Viewer {
    /// Whether the person has this permission.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|own| own == permission)
    }
}

/// Why a sign-in failed. The same for a wrong name and a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFailure {
    Wrong,
    Locked,
    Unavailable,
}

impl SignInFailure {
    const ALL: [Self; 3] = [Self::Wrong, Self::Locked, Self::Unavailable];

    /// The word in the sign-in page's address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "salah",
            Self::Locked => "terkunci",
            Self::Unavailable => "gangguan",
        }
    }

    /// Reads the word in the sign-in page's address.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == word)
    }

    /// What the person reads.
    pub fn message(self) -> &'static str {
        match self {
            Self::Wrong => "Nama pengguna atau kata sandi salah.",
            Self::Locked => "Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.",
            Self::Unavailable => "Sistem sedang terganggu. Coba lagi sebentar lagi.",
        }
    }
}

/// Where to go after signing in: a page of ours, whatever the address says.
pub fn safe_next(next: Option<&str>) -> &str {
    match next {
        Some(path) if is_own_path(path) => path,
        _ => "/dashboard",
    }
}

/// A path on this site: not `//elsewhere`, not `/\elsewhere`, no control characters, not a page of signing in.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.bytes().all(|b| b.is_ascii_graphic())
        && !["/login", "/logout", "/api/", "/office"].iter().any(|own| path.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_sent_elsewhere() {
        for next in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb", "/login?next=/login"] {
            assert_eq!(safe_next(Some(next)), "/dashboard", "{next:?}");
        }
        assert_eq!(safe_next(Some("/complaints?status=baru")), "/complaints?status=baru");
        assert_eq!(safe_next(None), "/dashboard");
    }
}
