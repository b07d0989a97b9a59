//! Reading a webhook body: pure, tolerant, item by item.
//!
//! One bad item never loses its siblings: everything is read from `Value`s, every absence is an `Option`, and what is
//! not understood comes out whole as [`Item::Other`].

mod account;
mod json;
mod media;
mod message;
mod people;
mod sender;
mod status;
mod words;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use account::{AccountNotice, Weight};
pub use media::{FoundMedia, KINDS as MEDIA_KINDS, digest_of};
pub use message::{Amendment, Change, HistoryMessage, InboundMessage};
pub use people::{IdentityChange, Preference};
pub use sender::Sender;
pub use status::StatusReport;

use json::{each, id, mended, text};
use message::Around;

/// One thing in a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// From a citizen.
    Message(Box<InboundMessage>),
    /// From staff, in the business app on their phone.
    Echo(Box<InboundMessage>),
    /// From before this service was there.
    History(Box<HistoryMessage>),
    Status(Box<StatusReport>),
    Identity(Box<IdentityChange>),
    Preference(Box<Preference>),
    Notice(Box<AccountNotice>),
    /// Anything else: kept whole, counted by kind.
    Other {
        kind: String,
        phone_number_id: Option<String>,
        raw: Value,
    },
}

impl Item {
    /// The item as WhatsApp sent it.
    pub fn raw(&self) -> &Value {
        match self {
            Self::Message(message) | Self::Echo(message) => &message.raw,
            Self::History(past) => &past.message.raw,
            Self::Status(report) => &report.raw,
            Self::Identity(change) => &change.raw,
            Self::Preference(preference) => &preference.raw,
            Self::Notice(notice) => &notice.raw,
            Self::Other { raw, .. } => raw,
        }
    }

    /// The number that it came to.
    pub fn phone_number_id(&self) -> Option<&str> {
        match self {
            Self::Message(message) | Self::Echo(message) => Some(&message.phone_number_id),
            Self::History(past) => Some(&past.message.phone_number_id),
            Self::Status(report) => Some(&report.phone_number_id),
            Self::Identity(change) => Some(&change.phone_number_id),
            Self::Preference(preference) => Some(&preference.phone_number_id),
            Self::Notice(notice) => notice.phone_number_id.as_deref(),
            Self::Other { phone_number_id, .. } => phone_number_id.as_deref(),
        }
    }

    /// The sort of thing it is, for counting.
    pub fn sort(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Echo(_) => "echo",
            Self::History(_) => "history",
            Self::Status(_) => "status",
            Self::Identity(_) => "identity",
            Self::Preference(_) => "preference",
            Self::Notice(_) => "notice",
            Self::Other { .. } => "other",
        }
    }
}

/// Everything in a body, in its order. A body that is no JSON, or holds nothing, is one [`Item::Other`].
pub fn parse(body: &[u8], received_at: DateTime<Utc>) -> Vec<Item> {
    let whole = |kind: &str, raw: Value| vec![Item::Other { kind: kind.to_owned(), phone_number_id: None, raw }];
    let root = serde_json::from_slice::<Value>(body)
        .or_else(|_| serde_json::from_str(&mended(&String::from_utf8_lossy(body))));
    let Ok(root) = root else {
        return whole("not_json", Value::String(String::from_utf8_lossy(body).into_owned()));
    };
    if root.get("object").and_then(Value::as_str).is_some_and(|object| object != "whatsapp_business_account") {
        return whole("other_object", root);
    }
    let mut items = Vec::new();
    for entry in each(root.get("entry")) {
        let changes = each(entry.get("changes"));
        if changes.is_empty() {
            items.push(Item::Other { kind: "empty".to_owned(), phone_number_id: None, raw: entry.clone() });
        }
        for change in changes {
            Reader::new(change, received_at).read(&mut items);
        }
    }
    if items.is_empty() { whole("empty", root) } else { items }
}

/// One change: a field and its value.
struct Reader<'a> {
    change: &'a Value,
    value: &'a Value,
    field: Option<String>,
    phone_number_id: Option<String>,
    contacts: Vec<&'a Value>,
    received_at: DateTime<Utc>,
}

impl<'a> Reader<'a> {
    fn new(change: &'a Value, received_at: DateTime<Utc>) -> Self {
        let value = change.get("value").unwrap_or(&Value::Null);
        Self {
            change,
            value,
            field: id(change.get("field")),
            phone_number_id: id(value.pointer("/metadata/phone_number_id")),
            contacts: each(value.get("contacts")),
            received_at,
        }
    }

    fn read(&self, items: &mut Vec<Item>) {
        let before = items.len();
        // Hand-made test pushes lack the field; the keys tell as much.
        match self.field.as_deref() {
            None | Some("messages") => {
                self.messages(items);
                self.statuses(items);
                self.echoes(items);
                self.whole_each("calls", "calls", items);
                self.errors(items);
            }
            Some("smb_message_echoes") => {
                self.echoes(items);
                self.errors(items);
            }
            Some("history") => {
                self.history(items);
                self.errors(items);
            }
            Some("calls") => {
                self.whole_each("calls", "calls", items);
                self.statuses(items);
                self.errors(items);
            }
            Some("user_id_update") => items.extend(self.of("user_id_update").map(|update| {
                people::read_update(update, &self.contacts, self.number(), self.received_at)
                    .map_or_else(|| self.other("user_id_update", update), |change| Item::Identity(Box::new(change)))
            })),
            Some("user_preferences") => items.extend(self.of("user_preferences").map(|preference| {
                people::read_preference(preference, &self.contacts, self.number(), self.received_at)
                    .map_or_else(|| self.other("user_preferences", preference), |wish| Item::Preference(Box::new(wish)))
            })),
            Some(field) => items
                .extend(account::read(field, self.change, self.number()).map(|notice| Item::Notice(Box::new(notice)))),
        }
        if items.len() == before {
            items.push(
                self.other(self.field.as_deref().filter(|field| *field != "messages").unwrap_or("empty"), self.change),
            );
        }
    }

    fn number(&self) -> Option<&str> {
        self.phone_number_id.as_deref()
    }

    fn of(&self, key: &str) -> impl Iterator<Item = &'a Value> {
        each(self.value.get(key)).into_iter()
    }

    fn other(&self, kind: &str, raw: &Value) -> Item {
        // Long enough for every word of WhatsApp's, short enough for a label.
        let kind = kind.chars().filter(|c| !c.is_control()).take(80).collect();
        Item::Other { kind, phone_number_id: self.phone_number_id.clone(), raw: raw.clone() }
    }

    fn around(&self, siblings: usize) -> Around<'_> {
        Around {
            phone_number_id: self.number(),
            display: self.value.pointer("/metadata/display_phone_number").and_then(Value::as_str),
            contacts: &self.contacts,
            alone: siblings == 1 && self.contacts.len() == 1,
            received_at: self.received_at,
        }
    }

    fn messages(&self, items: &mut Vec<Item>) {
        let messages = each(self.value.get("messages"));
        let around = self.around(messages.len());
        items.extend(messages.into_iter().map(|message| {
            if let Some(message) = message::read(message, around) {
                return Item::Message(Box::new(message));
            }
            let kind = text(message.get("type")).unwrap_or_default();
            match people::read_system(message, self.number(), self.received_at).filter(|_| kind == "system") {
                Some(change) => Item::Identity(Box::new(change)),
                None => self.other(&format!("message.{kind}"), message),
            }
        }));
    }

    fn statuses(&self, items: &mut Vec<Item>) {
        items.extend(self.of("statuses").map(|status| match status::read(status, self.number(), self.received_at) {
            Some(report) => Item::Status(Box::new(report)),
            None => self.other(&status::kind(status), status),
        }));
    }

    fn echoes(&self, items: &mut Vec<Item>) {
        let echoes = each(self.value.get("message_echoes"));
        let around = self.around(echoes.len());
        items.extend(echoes.into_iter().map(|echo| match message::read_echo(echo, around) {
            Some(echo) => Item::Echo(Box::new(echo)),
            None => self.other("smb_message_echoes", echo),
        }));
    }

    fn history(&self, items: &mut Vec<Item>) {
        let mut past = |message: &Value, thread: Option<&Value>, siblings: usize| {
            items.push(match message::read_history(message, thread, self.around(siblings)) {
                Some(past) => Item::History(Box::new(past)),
                None => self.other("history.message", message),
            });
        };
        for chunk in self.of("history") {
            for thread in each(chunk.get("threads")) {
                for message in each(thread.get("messages")) {
                    past(message, Some(thread), 0);
                }
            }
        }
        let late = each(self.value.get("messages"));
        for message in &late {
            past(message, None, late.len());
        }
        for chunk in self.of("history") {
            // Shared or declined: 2593109 says that the business did not want to.
            items.extend(each(chunk.get("errors")).into_iter().map(|error| self.other("history.errors", error)));
        }
    }

    fn whole_each(&self, key: &str, kind: &str, items: &mut Vec<Item>) {
        items.extend(self.of(key).map(|item| self.other(kind, item)));
    }

    fn errors(&self, items: &mut Vec<Item>) {
        items.extend(self.of("errors").map(|error| self.other("errors", error)));
    }
}
