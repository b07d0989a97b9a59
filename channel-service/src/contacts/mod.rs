//! Contacts: one surrogate id per citizen, whatever WhatsApp calls them today.
//!
//! Numbers and user ids are aliases, unique per office. A payload that shows the ids of two contacts proves that they
//! are one: the older stays ([`merge`]). Locks are taken in one order, everywhere: aliases (sorted), profiles (sorted),
//! conversations (sorted), messages.

pub mod http;
mod identity;
pub mod merge;
mod resolve;
mod store;

pub use identity::change_ids;
pub use merge::Merge;
pub use resolve::{Wanted, resolve_many};
/// How to address a contact at WhatsApp; the contact that an id leads to after merges; wishes.
pub use store::{address, current, set_marketing};

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId, WaUserId};
use platform::Tx;

use crate::inbound::parse::Sender;

/// A contact, and the id to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub contact_id: ContactId,
    pub wa_user_id: Option<String>,
}

/// The contact behind an id that a service or a person gave; made if it is new.
pub async fn resolve_id(
    tx: &mut Tx,
    office: OfficeId,
    id: &WaUserId,
    now: DateTime<Utc>,
) -> Result<Contact, sqlx::Error> {
    let text = Some(id.to_string());
    let sender = if id.is_bsuid() {
        Sender { bsuid: text, ..Sender::default() }
    } else {
        Sender { phone: text, ..Sender::default() }
    };
    // One id belongs to one contact: there is nothing to merge.
    let resolved = resolve_many(tx, &[Wanted::of(office, &sender)], now).await?;
    resolved.contacts.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

/// The contact behind an id, if there is one.
pub async fn find_id(tx: &mut Tx, office: OfficeId, id: &WaUserId) -> Result<Option<ContactId>, sqlx::Error> {
    store::find(tx, office, &id.to_string()).await
}
