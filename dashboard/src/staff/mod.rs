//! People of the office: roles, what each may do, and the rules for names and passwords.
//!
//! The pure half is shared with the browser, which hides what a person may not do; the server decides.

#[cfg(feature = "ssr")]
pub mod first;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod store;

use std::fmt;
use std::str::FromStr;

pub use contracts::permissions::*;
use serde::{Deserialize, Serialize};

/// What somebody is in the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Stands above all offices.
    SuperAdmin,
    /// Runs an office.
    Admin,
    /// Works on complaints.
    Agent,
    /// Reads.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::SuperAdmin, Self::Admin, Self::Agent, Self::Viewer];

    /// The word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// The words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::SuperAdmin => "Admin utama",
            Self::Admin => "Admin kantor",
            Self::Agent => "Petugas",
            Self::Viewer => "Pemantau",
        }
    }

    /// What the role brings.
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::SuperAdmin | Self::Admin => &[
                UPDATE_COMPLAINTS,
                ASSIGN_COMPLAINTS,
                EXPORT_COMPLAINTS,
                SEE_SECRET,
                REVEAL_IDENTITY,
                CITIZEN_PRIVACY,
                TAKE_CONVERSATIONS,
                FORCE_TAKEOVER,
                BLOCK_CITIZENS,
                MANAGE_KNOWLEDGE,
                MANAGE_CATEGORIES,
                MANAGE_STAFF,
                MANAGE_OFFICE,
            ],
            Self::Agent => &[UPDATE_COMPLAINTS, TAKE_CONVERSATIONS],
            Self::Viewer => &[],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role: use super_admin, admin, agent or viewer")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// What the role brings and what was granted beside it, each once.
pub fn all_permissions(role: Role, granted: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = role.permissions().iter().map(|word| (*word).to_owned()).chain(granted).collect();
    all.sort();
    all.dedup();
    all
}

/// A name to sign in with: 3 to 64 of a–z, 0–9, `.`, `_`, `-`, `@`; upper case is taken as lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is no username.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a username has 3 to 64 letters, digits, '.', '_', '-' or '@', and begins with a letter or digit")]
pub struct NotAUsername;

impl Username {
    /// The name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = NotAUsername;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().to_ascii_lowercase();
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-' | b'@');
        let begins_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if (3..=64).contains(&name.len()) && begins_well && name.bytes().all(good) {
            Ok(Self(name))
        } else {
            Err(NotAUsername)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_as_itself() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }

    #[test]
    fn a_username_is_one_name_in_any_case() {
        assert_eq!(" Siti.Aminah ".parse::<Username>().map(|name| name.0), Ok("siti.aminah".to_owned()));
        for text in ["", "ab", ".siti", "siti aminah", "sitî", &"x".repeat(65)] {
            assert_eq!(text.parse::<Username>(), Err(NotAUsername), "{text}");
        }
    }

    #[test]
    fn only_who_works_on_complaints_may_change_them() {
        let may = |role: Role| role.permissions().contains(&UPDATE_COMPLAINTS);
        assert_eq!(Role::ALL.map(may), [true, true, true, false]);
    }
}
