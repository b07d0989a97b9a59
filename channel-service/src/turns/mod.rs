//! Turns: what a citizen says in one breath, and exactly one end to it.
//!
//! A conversation collects at most one turn and has at most one in flight; both are unique indexes, not habits. A turn
//! in flight ends by reply, handoff or deadline, whichever closes the row first; whatever comes second is refused.

pub mod replies;
pub mod scheduler;
pub mod store;
mod typing;
mod words;
