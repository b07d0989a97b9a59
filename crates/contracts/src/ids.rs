//! Typed identifiers. A `ContactId` can't be passed where a `ConversationId` is meant.
//!
//! New ids are UUIDv7: they sort by time, so that indexes grow at one end. They are made where randomness is allowed
//! (`new`), never while parsing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that sorts after all earlier ones.
            #[expect(clippy::new_without_default, reason = "a default id would be a new one every time")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

uuid_id! {
    /// One office (a village, a district, an agency): the owner of every row and event.
    OfficeId,
    /// A citizen as one office knows them, whatever number or user id they write from.
    ContactId,
    /// A contact at one of the office's numbers.
    ConversationId,
    /// One message in either direction.
    MessageId,
    /// What a citizen said in one breath, and the one answer to it.
    TurnId,
    /// A document or FAQ entry.
    DocumentId,
    /// One published event; the key of every inbox.
    EventId,
    /// One message to a citizen that no turn asked for.
    NotificationId,
}

impl OfficeId {
    /// The office that exists from the first start on, in every service, before any of them has heard of the others.
    /// The dashboard's first snapshot gives it its name.
    pub const FIRST: Self = Self(Uuid::from_u128(0x0192_0000_0000_7000_8000_6f66_6669_6365));
}

/// A WhatsApp business number as Meta names it in `metadata.phone_number_id`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct PhoneNumberId(pub String);

impl fmt::Display for PhoneNumberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How WhatsApp names a citizen: their number as digits (`628…`) or a business-scoped user id (`ID.…`).
///
/// It is input and display only; services key citizens by [`ContactId`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct WaUserId(String);

/// Why a text is no WhatsApp user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a WhatsApp user id: give the number with its country code (628123456789) or a user id such as ID.12345")]
pub struct NotAWaUserId;

/// The country that a number written with a leading 0 belongs to.
const HOME_COUNTRY_CODE: &str = "62";

impl WaUserId {
    /// Reads a number in any usual spelling (`0812…`, `62812…`, `+62 812-…`) or a business-scoped user id.
    pub fn parse(text: &str) -> Result<Self, NotAWaUserId> {
        let text = text.trim();
        if is_bsuid(text) {
            return Ok(Self(text.to_owned()));
        }
        let has_plus = text.starts_with('+');
        let mut digits = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '0'..='9' => digits.push(c),
                '+' | '-' | ' ' | '(' | ')' | '.' | '\u{a0}' => {}
                _ => return Err(NotAWaUserId),
            }
        }
        if !has_plus && digits.starts_with('0') && !digits.starts_with("00") {
            digits.replace_range(0..1, HOME_COUNTRY_CODE);
        }
        if digits.starts_with("620") {
            digits.replace_range(0..3, HOME_COUNTRY_CODE);
        }
        if (7..=15).contains(&digits.len()) && !digits.starts_with('0') { Ok(Self(digits)) } else { Err(NotAWaUserId) }
    }

    /// The id as WhatsApp writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a business-scoped user id rather than a number.
    pub fn is_bsuid(&self) -> bool {
        is_bsuid(&self.0)
    }
}

/// `CC.` or `CC.ENT.` and up to 128 letters and digits.
fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl fmt::Display for WaUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Logs show only the ends: enough to recognise, not enough to call.
impl fmt::Debug for WaUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.get(self.0.len().saturating_sub(3)..).unwrap_or("");
        write!(f, "WaUserId({}…{tail})", self.0.get(..2).unwrap_or(""))
    }
}

impl FromStr for WaUserId {
    type Err = NotAWaUserId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for WaUserId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_one_id() {
        for spelling in
            ["081234567890", "6281234567890", "+62 812-3456-7890", "+62 (0)812 3456 7890", " 62.812.3456.7890"]
        {
            assert_eq!(
                WaUserId::parse(spelling).map(|id| id.to_string()),
                Ok("6281234567890".to_owned()),
                "{spelling}"
            );
        }
    }

    #[test]
    fn a_user_id_is_left_as_it_is() {
        for id in ["ID.13491208655302741918", "US.ENT.11815799212886844830"] {
            assert_eq!(WaUserId::parse(id).map(|id| id.to_string()), Ok(id.to_owned()));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "budi", "0", "12345", "+", "id.123", "ID.", "ID.12-34", "1234567890123456"] {
            assert_eq!(WaUserId::parse(text), Err(NotAWaUserId), "{text}");
        }
    }

    #[test]
    fn debug_output_hides_the_number() {
        let id = WaUserId::parse("6281234567890").expect("a number");
        assert_eq!(format!("{id:?}"), "WaUserId(62…890)");
    }
}
