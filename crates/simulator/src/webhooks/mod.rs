//! The webhook half: bodies as Meta shapes and escapes them, signed, delivered until they are taken.

pub mod delivery;
pub mod envelope;
pub mod signature;
pub mod statuses;
