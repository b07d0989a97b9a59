//! Citizens as the case service knows them: a contact id on their complaints. Export, erasure, and merged contacts.

pub mod http;
pub mod merge;
pub mod store;

/// What stands where a citizen's words were erased.
pub const ERASED: &str = "[dihapus]";
