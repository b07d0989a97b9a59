//! Messages: listing them, and accepting outgoing ones from staff, services and the assistant.

mod body;
pub mod http;
pub mod limits;
pub mod outgoing;
pub mod store;
