//! A citizen's rights over what the assistant remembers: see it, have it erased.

pub mod http;
pub mod store;

/// Exports and erases citizens' data in a person's name.
pub const PRIVACY: &str = "citizen.privacy";
