//! From a durable webhook body to contacts, conversations, messages and statuses.
//!
//! [`parse`] walks the body item by item and never fails as a whole; [`intake`] takes batches and replays a failed one
//! body by body, then item by item; [`message`] and [`status`] say what one item does; [`store`] is their SQL.

pub mod intake;
mod message;
pub mod parse;
pub mod status;
mod store;
