//! A request body that can hold nothing unmasked.
//!
//! Vendors build their JSON from this instead of `serde_json::Value`: its leaves are words of the program, settings of
//! the operator, numbers, and [`Masked`] texts. There is no way from a `String` to it.

use serde::{Serialize, Serializer};

use super::Masked;

/// JSON made of what may leave.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// A word of the program.
    Word(&'static str),
    /// What the operator set, such as a model's name.
    Setting(Setting),
    /// What a gate let through.
    Text(Masked),
    Whole(u64),
    Number(f64),
    Flag(bool),
    List(Vec<Self>),
    Map(Vec<(&'static str, Self)>),
    /// A map whose keys are settings.
    Named(Vec<(Setting, Self)>),
}

/// A word of the operator's or of an office's settings: letters, digits and a few signs, so that no sentence fits in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Setting(String);

impl Setting {
    /// The longest.
    const MOST: usize = 120;

    /// `None`: it is no plain word, or one that could be a number of somebody's.
    pub fn new(word: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:".contains(c);
        let digits = word.chars().filter(char::is_ascii_digit).count();
        (!word.is_empty() && word.len() <= Self::MOST && word.chars().all(plain) && digits < 12)
            .then(|| Self(word.to_owned()))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Outgoing {
    /// An object.
    pub fn map<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Map(fields.into())
    }

    /// An array.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// With one more field, if it is an object.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Self) -> Self {
        if let Self::Map(fields) = &mut self {
            fields.push((name, value));
        }
        self
    }
}

impl From<&'static str> for Outgoing {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<Masked> for Outgoing {
    fn from(text: Masked) -> Self {
        Self::Text(text)
    }
}

impl From<Setting> for Outgoing {
    fn from(setting: Setting) -> Self {
        Self::Setting(setting)
    }
}

impl Serialize for Outgoing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) => serializer.serialize_str(word),
            Self::Setting(setting) => serializer.serialize_str(&setting.0),
            Self::Text(text) => serializer.serialize_str(&text.0),
            Self::Whole(number) => serializer.serialize_u64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
            Self::Named(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name.as_str(), value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_and_no_identity_is_a_setting() {
        for word in ["gemini-2.5-flash", "models/x", "llama3.1:8b", "jalan_rusak"] {
            assert!(Setting::new(word).is_some(), "{word}");
        }
        for word in ["", "Budi Santoso", "3201234507900001", "a\nb"] {
            assert!(Setting::new(word).is_none(), "{word}");
        }
    }
}
