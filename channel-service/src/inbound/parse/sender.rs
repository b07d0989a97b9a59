//! Who wrote: a number, a business-scoped user id, its parent; and what else is told about them.

use serde_json::Value;

use super::json::{id, said};

/// How WhatsApp names a citizen. At least one of the ids is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Sender {
    pub phone: Option<String>,
    pub bsuid: Option<String>,
    pub parent: Option<String>,
    pub name: Option<String>,
}

impl Sender {
    /// From the three ids, wherever a user id was written in place of a number. `None`: nobody is named.
    pub fn of(phone: Option<String>, bsuid: Option<String>, parent: Option<String>) -> Option<Self> {
        let mut sender = Self { bsuid, parent, ..Self::default() };
        // A business-scoped id has been seen in `from` and in `wa_id`.
        match phone {
            Some(id) if looks_like_bsuid(&id) => sender.bsuid = sender.bsuid.or(Some(id)),
            phone => sender.phone = phone,
        }
        sender.is_somebody().then_some(sender)
    }

    fn is_somebody(&self) -> bool {
        self.phone.is_some() || self.bsuid.is_some()
    }

    /// Whether the two share an id.
    fn is_in(&self, contact: &Value) -> bool {
        let same = |key: &str, own: &Option<String>| own.is_some() && id(contact.get(key)) == *own;
        same("wa_id", &self.phone) || same("user_id", &self.bsuid) || same("wa_id", &self.bsuid)
    }

    /// Whether the contact names somebody else.
    fn is_not_in(&self, contact: &Value) -> bool {
        let differs = |key: &str, own: &Option<String>| {
            own.is_some() && id(contact.get(key)).is_some_and(|other| Some(other) != *own)
        };
        differs("wa_id", &self.phone) || differs("user_id", &self.bsuid)
    }

    /// Adds what the contact says beyond the message.
    fn complete(&mut self, contact: &Value) {
        // A username is chosen by the citizen like a name, and better than nothing to call them.
        self.name = said(contact.pointer("/profile/name")).or_else(|| said(contact.pointer("/profile/username")));
        self.bsuid = self.bsuid.take().or_else(|| id(contact.get("user_id")));
        self.parent = self.parent.take().or_else(|| id(contact.get("parent_user_id")));
        match id(contact.get("wa_id")) {
            Some(id) if looks_like_bsuid(&id) => self.bsuid = self.bsuid.take().or(Some(id)),
            wa_id => self.phone = self.phone.take().or(wa_id),
        }
    }
}

/// Pairs an item with its contact by id, never by place. A lone contact of a lone item is theirs unless it names
/// somebody else: who writes must never be mixed up with who is mentioned beside them.
pub fn pair(own: Sender, contacts: &[&Value], alone: bool) -> Option<Sender> {
    let mut sender = own;
    let contact = contacts
        .iter()
        .find(|contact| sender.is_in(contact))
        .or_else(|| contacts.first().filter(|contact| alone && !sender.is_not_in(contact)));
    if let Some(contact) = contact {
        sender.complete(contact);
    }
    sender.is_somebody().then_some(sender)
}

/// The ids that a message itself shows.
pub fn ids(phone: Option<String>, bsuid: Option<String>, parent: Option<String>) -> Sender {
    Sender::of(phone, bsuid, parent.clone()).unwrap_or(Sender { parent, ..Sender::default() })
}

fn looks_like_bsuid(id: &str) -> bool {
    contracts::WaUserId::parse(id).is_ok_and(|id| id.is_bsuid())
}
