//! Every event of the system: its routing key, its data, what it is about.
//!
//! Events are facts in the past tense. Readers tolerate unknown fields; writers add fields, never change them.

pub mod complaint;
pub mod contact;
pub mod conversation;
pub mod document;
pub mod notification;
pub mod office;
pub mod turn;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The routing key of a raw webhook body that holds more than statuses.
pub const WEBHOOK_ACCEPTED: &str = "whatsapp.webhook.accepted";
/// The routing key of a raw webhook body that holds statuses only.
pub const WEBHOOK_STATUSES: &str = "whatsapp.webhook.statuses";

/// One kind of event.
pub trait Event: Serialize + DeserializeOwned {
    /// The key on the topic exchange.
    const ROUTING_KEY: &'static str;

    /// The aggregate that the event is about, and whose order is kept: an id of ours, never a phone or wamid.
    fn subject(&self) -> String;

    /// The aggregate's version, where readers keep state by it.
    fn sequence(&self) -> Option<i64> {
        None
    }
}
