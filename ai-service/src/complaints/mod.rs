//! What the assistant follows of complaints that were sent: the officers' open questions to citizens.
//!
//! `complaint.status_changed` brings them; the next words of that citizen may be the answer. What must stay true: what
//! is open here waits for the citizen at case-service too, or did a moment ago: case-service has the last word.

pub mod events;
pub mod store;
