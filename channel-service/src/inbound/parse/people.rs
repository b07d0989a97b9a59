//! What is told about citizens apart from their messages: other ids, other wishes.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::json::{id, text, timestamp};
use super::sender::{self, Sender};

/// A citizen has other ids than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    pub phone_number_id: String,
    /// The id of the notice, if it came as a message.
    pub wamid: Option<String>,
    /// Pairs of an id that is no more and the one in its place.
    pub moves: Vec<(String, String)>,
    /// All ids that are theirs now.
    pub now: Sender,
    pub at: DateTime<Utc>,
    pub raw: Value,
}

/// A citizen says what they want to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub phone_number_id: String,
    pub sender: Sender,
    /// WhatsApp's word, such as `marketing_messages`.
    pub category: String,
    /// `stop`: no more of it.
    pub stop: bool,
    pub at: DateTime<Utc>,
    pub raw: Value,
}

/// An element of `user_id_update`.
pub fn read_update(
    update: &Value,
    contacts: &[&Value],
    phone_number_id: Option<&str>,
    received_at: DateTime<Utc>,
) -> Option<IdentityChange> {
    let at = |pointer: &str| id(update.pointer(pointer));
    let moves: Vec<(String, String)> = ["user_id", "parent_user_id"]
        .iter()
        .filter_map(|key| Some((at(&format!("/{key}/previous"))?, at(&format!("/{key}/current"))?)))
        .filter(|(old, new)| old != new)
        .collect();
    let own = sender::ids(at("/wa_id"), at("/user_id/current"), at("/parent_user_id/current"));
    let now = sender::pair(own, contacts, contacts.len() == 1)?;
    (!moves.is_empty())
        .then(|| IdentityChange {
            phone_number_id: phone_number_id.unwrap_or_default().to_owned(),
            wamid: None,
            moves,
            now,
            at: timestamp(update.get("timestamp")).unwrap_or(received_at),
            raw: update.clone(),
        })
        .filter(|change| !change.phone_number_id.is_empty())
}

/// A `system` message: a changed number, or a changed user id as far as it names both.
pub fn read_system(
    message: &Value,
    phone_number_id: Option<&str>,
    received_at: DateTime<Utc>,
) -> Option<IdentityChange> {
    let at = |pointer: &str| id(message.pointer(pointer));
    let from = at("/from");
    let user_id = at("/system/user_id");
    let mut moves = Vec::new();
    let now = match at("/system/type")?.as_str() {
        "user_changed_number" | "customer_changed_number" => {
            let new = at("/system/wa_id").or_else(|| at("/system/new_wa_id"))?;
            let old = from.or_else(|| at("/system/customer"))?;
            moves.push((old, new.clone()));
            Sender::of(Some(new), user_id, at("/system/parent_user_id"))?
        }
        "user_changed_user_id" => {
            // Seen once; mostly the old id stands only in the prose, and `user_id_update` tells it.
            let old = at("/system/previous_user_id")
                .or_else(|| old_id_in_words(&at("/system/body")?, user_id.as_deref()?))?;
            moves.push((old, user_id.clone()?));
            Sender::of(from, user_id, at("/system/parent_user_id"))?
        }
        _ => return None,
    };
    moves.retain(|(old, new)| old != new);
    (!moves.is_empty()).then_some(())?;
    Some(IdentityChange {
        phone_number_id: phone_number_id?.to_owned(),
        wamid: at("/id"),
        moves,
        now,
        at: timestamp(message.get("timestamp")).unwrap_or(received_at),
        raw: message.clone(),
    })
}

/// "… changed from US.1 to US.2": the two user ids in it, if the second is the new one.
fn old_id_in_words(prose: &str, new: &str) -> Option<String> {
    let mut ids = prose
        .split_whitespace()
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| contracts::WaUserId::parse(word).is_ok_and(|id| id.is_bsuid()));
    let old = ids.next()?.to_owned();
    (ids.next() == Some(new) && ids.next().is_none()).then_some(old)
}

/// An element of `user_preferences`.
pub fn read_preference(
    preference: &Value,
    contacts: &[&Value],
    phone_number_id: Option<&str>,
    received_at: DateTime<Utc>,
) -> Option<Preference> {
    let own =
        sender::ids(id(preference.get("wa_id")), id(preference.get("user_id")), id(preference.get("parent_user_id")));
    let value = text(preference.get("value"))?;
    Some(Preference {
        phone_number_id: phone_number_id?.to_owned(),
        sender: sender::pair(own, contacts, contacts.len() == 1)?,
        category: id(preference.get("category"))?,
        stop: match value.as_str() {
            "stop" => true,
            "resume" | "signup" => false,
            _ => return None,
        },
        at: timestamp(preference.get("timestamp")).unwrap_or(received_at),
        raw: preference.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::old_id_in_words;

    #[test]
    fn the_old_id_is_read_from_the_prose_only_when_both_stand_there() {
        let prose = "User Sari changed from ID.111 to ID.222";
        assert_eq!(old_id_in_words(prose, "ID.222").as_deref(), Some("ID.111"));
        assert_eq!(old_id_in_words(prose, "ID.333"), None);
        assert_eq!(old_id_in_words("Sari changed", "ID.222"), None);
    }
}
