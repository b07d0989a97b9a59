//! Contacts that turn out to be one person.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::ContactId;

/// Everything that was known under `from` belongs to `into` from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMerged {
    pub from: ContactId,
    pub into: ContactId,
}

impl Event for ContactMerged {
    const ROUTING_KEY: &'static str = "contact.merged";
    fn subject(&self) -> String {
        self.into.to_string()
    }
}
