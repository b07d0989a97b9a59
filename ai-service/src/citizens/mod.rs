//! A citizen's rights over what the assistant remembers: see it, have it erased.

pub mod http;
pub mod store;
