//! WhatsApp's limits, checked before a message is accepted: every violated one is named, with what to do about it.
//!
//! Pure. "Characters" is nowhere defined by WhatsApp: they are counted as UTF-16 units, which are never fewer than
//! `char`s, so that whichever reading WhatsApp takes, nothing is sent that it refuses.

mod interactive;
mod plain;
mod template;

pub use plain::{fits as file_fits, most_bytes};
use serde_json::{Map, Value};

/// The Graph message types that callers may send.
pub const TYPES: [&str; 11] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
];

/// The longest text.
pub const TEXT: usize = 4096;
/// The longest body above buttons, links and requests.
pub const BODY: usize = 1024;
/// The longest label that a finger taps.
pub const LABEL: usize = 20;
/// The longest title of a list's row or section.
pub const ROW_TITLE: usize = 24;
pub const ROW_DESCRIPTION: usize = 72;
pub const BUTTONS: usize = 3;
pub const ROWS: usize = 10;

/// Length as WhatsApp may count it at most.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A field and what is wrong with it.
pub type Violation = (String, String);

/// What is wrong with a call's message, whole: empty when nothing is.
pub fn check(kind: &str, call: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Findings::default();
    if !TYPES.contains(&kind) {
        found.add("type", format!("must be one of {}", TYPES.join(", ")));
        return found.0;
    }
    for key in call.keys().filter(|key| *key != kind && *key != "context") {
        found.add(key, "is not known here: leave it out");
    }
    if let Some(context) = call.get("context") {
        found.text(context, "context", "message_id", 1000, Need::Must);
        if kind == "reaction" {
            found.add("context", "a reaction can't quote: name the message in reaction.message_id");
        }
    }
    match call.get(kind) {
        None | Some(Value::Null) => found.add(kind, format!("is missing: a message of type {kind} needs it")),
        Some(Value::Array(_)) if kind != "contacts" => found.add(kind, "must be an object"),
        Some(content) => match kind {
            "text" => plain::text(&mut found, content),
            "image" | "audio" | "video" | "document" | "sticker" => plain::media(&mut found, kind, kind, content),
            "location" => plain::location(&mut found, content),
            "contacts" => plain::contacts(&mut found, content),
            "reaction" => plain::reaction(&mut found, content),
            "interactive" => interactive::check(&mut found, content),
            _ => template::check(&mut found, content),
        },
    }
    found.0
}

/// Whether a string must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, field: impl Into<String>, what: impl Into<String>) {
        self.0.push((field.into(), what.into()));
    }

    /// A string with a greatest length; `None` when it is absent or of no use.
    fn text<'a>(&mut self, of: &'a Value, path: &str, key: &str, max: usize, need: Need) -> Option<&'a str> {
        let field = format!("{path}.{key}");
        match of.get(key) {
            None | Some(Value::Null) if need == Need::May => None,
            None | Some(Value::Null) => {
                self.add(field, "is missing: give it");
                None
            }
            Some(Value::String(text)) if text.trim().is_empty() && need == Need::Must => {
                self.add(field, "is empty: write something");
                None
            }
            Some(Value::String(text)) => {
                let length = units(text);
                if length > max {
                    self.add(field, format!("is {length} characters long; WhatsApp takes {max}: shorten it"));
                }
                Some(text)
            }
            Some(_) => {
                self.add(field, "must be a text");
                None
            }
        }
    }

    /// A list whose length lies in a range.
    fn list<'a>(&mut self, of: &'a Value, path: &str, key: &str, most: usize) -> &'a [Value] {
        let field = format!("{path}.{key}");
        match of.get(key) {
            None | Some(Value::Null) => self.add(field, "is missing: give at least one"),
            Some(Value::Array(items)) => {
                if items.is_empty() {
                    self.add(field, "is empty: give at least one");
                } else if items.len() > most {
                    self.add(field, format!("has {} entries; WhatsApp takes {most}: leave some out", items.len()));
                }
                return items;
            }
            Some(_) => self.add(field, "must be a list"),
        }
        &[]
    }

    /// An object that must be there.
    fn object<'a>(&mut self, of: &'a Value, path: &str, key: &str) -> Option<&'a Value> {
        let found = of.get(key).filter(|value| value.is_object());
        if found.is_none() {
            self.add(format!("{path}.{key}"), "is missing or no object: give it");
        }
        found
    }

    fn web_address(&mut self, field: String, text: &str) {
        if !text.starts_with("https://") && !text.starts_with("http://") {
            self.add(field, "must be a web address that begins with https://");
        }
    }
}

#[cfg(test)]
mod tests;
