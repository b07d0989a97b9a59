//! What outside models may see of a person: nothing.
//!
//! A [`Gate`] stands in front of every request. It puts placeholders where personal data stands and, for the one request
//! that it belongs to, puts the data back where a placeholder comes home. [`Masked`] is text that went through a gate;
//! [`outgoing::Outgoing`] is a request body made of the program's own words and [`Masked`] alone; the HTTP layer of
//! `providers` takes nothing else. What must stay true: there is no other way to make either of the two, and neither
//! shows its text in a log.

pub mod events;
mod gate;
pub mod names;
pub mod outgoing;
pub mod store;

use std::fmt;

pub use gate::Gate;

/// A text without personal data. Only a [`Gate`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked(String);

impl Masked {
    /// The text, for comparing answers with it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Several texts as one JSON object, so that a model can tell them from its instructions.
    pub fn object<'a>(parts: impl IntoIterator<Item = (&'static str, &'a Self)>) -> Self {
        let fields = parts.into_iter().map(|(name, part)| (name.to_owned(), serde_json::Value::from(part.as_str())));
        Self(serde_json::Value::Object(fields.collect()).to_string())
    }

    /// What may leave already, as text.
    pub fn schema(shape: &outgoing::Outgoing) -> Self {
        let shape = serde_json::to_string(shape).unwrap_or_default();
        Self(format!("Answer with one JSON object of this schema and nothing else: {shape}"))
    }

    /// Several texts under one another.
    pub fn lines<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(parts.into_iter().map(Self::as_str).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "‹{} characters›", self.0.chars().count())
    }
}
