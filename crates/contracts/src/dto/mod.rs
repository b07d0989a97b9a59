//! Request and response bodies of the internal APIs, one module per service.
//!
//! Bodies that we define refuse unknown fields, so that a misspelt field is an error and not a silence.

pub mod ai;
pub mod case;
pub mod channel;
pub mod notification;

use serde::{Deserialize, Serialize};

/// A list and where it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A list that is complete.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next_cursor: None }
    }
}

/// The most that one page of a list may hold.
pub const MAX_LIMIT: u32 = 200;
