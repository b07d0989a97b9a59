//! Contacts: one id per citizen and office, however many names WhatsApp has for them.

pub mod http;
mod store;

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId, WaUserId};
use platform::Tx;

use crate::inbound::parse::Sender;

/// A contact, and the id to show.
#[derive(Debug, Clone)]
pub struct Contact {
    pub contact_id: ContactId,
    pub wa_user_id: Option<String>,
}

/// Finds the contact that any of the sender's ids belongs to, or makes one; every id that was shown is remembered.
///
/// Two that write for the first time at once are one contact: the alias decides, whoever inserts it first.
pub async fn resolve(
    tx: &mut Tx,
    office: OfficeId,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Contact, sqlx::Error> {
    let canonical = |id: &Option<String>| {
        id.as_deref().map(|id| WaUserId::parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string()))
    };
    let aliases: Vec<(&str, String)> =
        [("phone", canonical(&sender.phone)), ("bsuid", sender.bsuid.clone()), ("parent", sender.parent.clone())]
            .into_iter()
            .filter_map(|(kind, value)| value.map(|value| (kind, value)))
            .collect();
    let shown = aliases.first().map(|(_, value)| value.clone());
    let values: Vec<String> = aliases.iter().map(|(_, value)| value.clone()).collect();

    let contact_id = match store::find(tx, office, &values).await? {
        Some(known) => known,
        None => store::create(tx, office, shown.as_deref(), &aliases, now).await?,
    };
    store::remember(tx, office, contact_id, &aliases).await?;
    let wa_user_id =
        store::refresh(tx, office, contact_id, sender.name.as_deref(), canonical(&sender.phone).as_deref(), now)
            .await?;
    Ok(Contact { contact_id, wa_user_id: wa_user_id.or(shown) })
}

/// The contact behind an id that a service or a person gave.
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
    resolve(tx, office, &sender, now).await
}

/// The contact behind an id, if there is one.
pub async fn find_id(tx: &mut Tx, office: OfficeId, id: &WaUserId) -> Result<Option<ContactId>, sqlx::Error> {
    store::find(tx, office, &[id.to_string()]).await
}

/// How to address a contact at WhatsApp.
pub use store::address;
