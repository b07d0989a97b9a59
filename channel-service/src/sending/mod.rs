//! Sending: a message is claimed under the conversation's lock, sent, and its outcome sorted.
//!
//! [`sender`] is the loop; [`graph`] the one HTTP call; [`outcome`] what an answer means; [`store`] the claim and the
//! fence in SQL.

pub mod graph;
pub mod outcome;
pub mod sender;
pub mod store;
