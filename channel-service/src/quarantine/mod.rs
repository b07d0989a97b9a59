//! What arrived and was not understood, for staff to see.

pub mod http;
pub mod store;
