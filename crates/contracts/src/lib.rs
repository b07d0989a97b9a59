//! The words that GovConnect's services share.
//!
//! Services never import each other; they meet here. Everything in this crate is data: ids, the event envelope, the
//! broker's topology, events and request bodies. Nothing does IO, and all of it builds for the browser.
//!
//! What must stay true: names on the wire are as the design writes them, and every event and body has a snapshot in
//! `tests/snapshots`, so that a change of a contract is always a visible change of a file.

pub mod category;
pub mod complaint;
pub mod dto;
pub mod envelope;
pub mod events;
pub mod ids;
pub mod intent;
pub mod message;
pub mod office;
pub mod permissions;
pub mod problem;
pub mod topology;

pub use complaint::{Category, ComplaintNumber, ComplaintStatus};
pub use ids::{
    ContactId, ConversationId, DocumentId, EventId, MessageId, NotificationId, OfficeId, PhoneNumberId, TurnId,
    WaUserId,
};
