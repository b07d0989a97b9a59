//! Names on the broker. In production they are the topology's own; in tests they carry a prefix.

use contracts::topology::{EXCHANGE, Queue, RetryStep};

/// What stands before every name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    prefix: String,
}

impl Names {
    /// The topology's own names.
    pub fn production() -> Self {
        Self::default()
    }

    /// Names that no other test uses.
    pub fn with_prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into() }
    }

    /// The topic exchange.
    pub fn exchange(&self) -> String {
        format!("{}{EXCHANGE}", self.prefix)
    }

    /// A durable queue.
    pub fn queue(&self, queue: &Queue) -> String {
        format!("{}{}", self.prefix, queue.name())
    }

    /// A durable queue by its name without the prefix.
    pub fn queue_named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Where what can't be handled ends.
    pub fn dead(&self, queue: &Queue) -> String {
        format!("{}{}", self.prefix, queue.dead_name())
    }

    /// A rung of the retry ladder.
    pub fn retry(&self, step: &RetryStep) -> String {
        format!("{}{}", self.prefix, step.name)
    }
}
