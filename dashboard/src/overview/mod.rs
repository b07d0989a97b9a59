//! The first page after sign-in: how the office's complaints stand, and the newest ones.

pub mod api;
pub mod page;

use serde::{Deserialize, Serialize};

use crate::complaints::Row;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Absent when case-service can't count.
    pub counts: Option<Counts>,
    pub newest: Vec<Row>,
}

/// How many complaints stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub new: u64,
    pub in_work: u64,
    pub late: u64,
    pub done_today: u64,
}
