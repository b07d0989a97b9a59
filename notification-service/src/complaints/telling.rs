//! From an event to what is said: which text, with which variables, to whom. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use contracts::events::complaint::{ComplaintCreated, ComplaintFacts, ComplaintStatusChanged, ComplaintUpdated};
use contracts::{ContactId, TurnId};
use platform::clock::jakarta;

use super::status_template;

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    pub contact: ContactId,
    pub kind: &'static str,
    pub template: &'static str,
    pub variables: BTreeMap<String, String>,
    /// The turn that may have told it already.
    pub after_turn: Option<TurnId>,
}

/// A complaint was taken.
pub fn of_creation(event: &ComplaintCreated) -> Option<Telling> {
    let facts = &event.facts;
    Some(Telling {
        contact: facts.contact_id?,
        kind: "complaint_created",
        template: "complaint_created",
        variables: variables(facts),
        after_turn: facts.origin_turn_id,
    })
}

/// A complaint moved: whoever reported it is told, unless they moved it themselves, and whoever follows it.
pub fn of_move(event: &ComplaintStatusChanged) -> Vec<Telling> {
    let facts = &event.facts;
    let reporter = facts.contact_id.filter(|_| !event.by_citizen);
    let mut variables = variables(facts);
    let mut put = |name: &str, value: Option<String>| variables.insert(name.to_owned(), value.unwrap_or_default());
    put("catatan", event.remark.clone());
    put("instansi", event.agency.clone());
    put("nomor_asal", event.duplicate_of.map(|number| number.to_string()));
    // Without a status the event is of a confidential complaint.
    let template = facts.status.map_or("complaint_rahasia", status_template);
    let tell = |contact| Telling {
        contact,
        kind: "complaint_status",
        template,
        variables: variables.clone(),
        after_turn: None,
    };
    reporter.into_iter().chain(event.followers.iter().copied()).map(tell).collect()
}

/// Staff wrote something for the citizens whose report it is.
pub fn of_update(event: &ComplaintUpdated) -> Vec<Telling> {
    let Some(remark) = &event.remark else { return Vec::new() };
    let mut variables = variables(&event.facts);
    variables.insert("catatan".to_owned(), remark.clone());
    let tell = |contact| Telling {
        contact,
        kind: "complaint_note",
        template: "complaint_catatan",
        variables: variables.clone(),
        after_turn: None,
    };
    event.facts.contact_id.into_iter().chain(event.followers.iter().copied()).map(tell).collect()
}

/// Every variable that a text about a complaint may use; empty where the event is silent.
fn variables(facts: &ComplaintFacts) -> BTreeMap<String, String> {
    let kategori = facts.kategori.as_ref().map(|key| key.built_in_name().map_or_else(|| key.0.clone(), str::to_owned));
    [
        ("nomor", Some(facts.complaint_id.to_string())),
        ("status", facts.status.map(|status| status.label().to_owned())),
        ("kategori", kategori),
        ("batas", facts.due_at.map(day)),
        ("catatan", None),
        ("instansi", None),
        ("nomor_asal", None),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
    .collect()
}

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// A day as people in Indonesia write it: 12 Februari 2027.
fn day(time: DateTime<Utc>) -> String {
    let day = jakarta(time).date_naive();
    let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use contracts::{Category, ComplaintNumber, ComplaintStatus};
    use uuid::Uuid;

    use super::*;

    fn facts(status: Option<ComplaintStatus>) -> ComplaintFacts {
        let due: DateTime<Utc> = "2027-02-12T16:59:59Z".parse().expect("a time");
        ComplaintFacts {
            complaint_id: ComplaintNumber::new("2026-11-20".parse().expect("a day"), 7),
            id: Uuid::nil(),
            contact_id: Some(ContactId::new()),
            kategori: status.map(|_| Category::from("jalan_rusak")),
            status,
            area: None,
            due_at: status.map(|_| due),
            origin_turn_id: None,
            version: 1,
        }
    }

    fn moved(status: Option<ComplaintStatus>, by_citizen: bool) -> ComplaintStatusChanged {
        ComplaintStatusChanged {
            facts: facts(status),
            from: None,
            remark: Some("Sudah ditambal".to_owned()),
            agency: None,
            duplicate_of: None,
            followers: Vec::new(),
            by_citizen,
        }
    }

    #[test]
    fn days_are_written_as_in_indonesia() {
        let telling = of_creation(&ComplaintCreated { facts: facts(Some(ComplaintStatus::Baru)) }).expect("a telling");
        assert_eq!(telling.variables["batas"], "12 Februari 2027");
        assert_eq!(telling.variables["kategori"], "Jalan rusak");
    }

    #[test]
    fn what_the_citizen_did_is_not_told() {
        assert!(of_move(&moved(Some(ComplaintStatus::Dibatalkan), true)).is_empty());
        assert_eq!(of_move(&moved(Some(ComplaintStatus::Selesai), false)).len(), 1);
    }

    #[test]
    fn whoever_follows_is_told_what_the_reporter_did_as_well() {
        let follower = ContactId::new();
        let event =
            ComplaintStatusChanged { followers: vec![follower], ..moved(Some(ComplaintStatus::Dibatalkan), true) };
        assert_eq!(of_move(&event).iter().map(|telling| telling.contact).collect::<Vec<_>>(), [follower]);
        let note = |remark: Option<&str>| ComplaintUpdated {
            facts: facts(Some(ComplaintStatus::Diproses)),
            remark: remark.map(str::to_owned),
            followers: vec![follower],
        };
        assert_eq!(of_update(&note(Some("petugas datang besok"))).len(), 2);
        assert!(of_update(&note(None)).is_empty());
    }

    #[test]
    fn of_a_confidential_one_only_the_number_is_told() {
        let mut event = moved(None, false);
        event.remark = None;
        let telling = of_move(&event).pop().expect("a telling");
        assert_eq!(telling.template, "complaint_rahasia");
        let said: Vec<_> =
            telling.variables.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(said, ["nomor"]);
    }

    #[test]
    fn nobody_is_told_when_nobody_is_known() {
        let mut event = moved(Some(ComplaintStatus::Selesai), false);
        event.facts.contact_id = None;
        assert!(of_move(&event).is_empty());
    }
}
