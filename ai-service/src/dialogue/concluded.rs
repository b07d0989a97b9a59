//! Ends of turns that did something to a complaint: made, refused, followed up, cancelled.
//!
//! What must stay true: nothing is said to be done that a step's result does not say.

use contracts::message::Reply;
use contracts::{ComplaintNumber, ComplaintStatus};

use super::conclude::{Ending, about, back, handed_off, offering_person};
use super::state::{Deed, Dialogue, State};
use super::words::{self, table};
use super::{Conclusion, Draft, Field, FollowUp, Known, StepResult};
use crate::categories::Categories;
use crate::understanding::normalize;

/// After so many refusals of one complaint a person looks at it.
const REFUSALS: u8 = 2;

pub(super) fn created(
    ending: &Ending<'_>,
    result: Option<&StepResult>,
    retry: &Dialogue,
    summary: &str,
    categories: &Categories,
) -> Conclusion {
    match result {
        Some(StepResult::Created { number, due_at }) => {
            let text = words::created(ending.voice, *number, *due_at);
            let mut said = about(*number, ending.said(Reply::text(text), "complaint_created"));
            said.complaint_id = Some(*number);
            said.next.human = None;
            ending.offering_next(said)
        }
        Some(StepResult::Invalid { errors }) => {
            ask_again(ending, retry, errors, categories).unwrap_or_else(|| not_accepted(ending, retry, summary))
        }
        // It answered that it won't: the words stay, a person looks at it.
        _ => not_accepted(ending, retry, summary),
    }
}

fn not_accepted(ending: &Ending<'_>, retry: &Dialogue, summary: &str) -> Conclusion {
    handed_off(retry.clone(), "repeated_failure", summary, ending.voice.say(&table::NOT_ACCEPTED))
}

/// The first refused part is asked for again, with the reason.
fn ask_again(
    ending: &Ending<'_>,
    retry: &Dialogue,
    errors: &[(String, String)],
    categories: &Categories,
) -> Option<Conclusion> {
    let mut draft = retry.state.draft()?.clone();
    let (field, reason) = errors.iter().find_map(|(field, reason)| Some((named(&draft, field)?, reason)))?;
    draft.refused += 1;
    if draft.refused > REFUSALS {
        return None;
    }
    draft.forget(&field);
    let voice = ending.voice;
    // "must be a number" is written for programs; what is wanted stands below the question anyway.
    let for_programs = ["must ", "is ", "has ", "contains "].iter().any(|word| reason.starts_with(word));
    let reason = if for_programs { String::new() } else { words::clipped(reason, 200) };
    let first = voice.with(&table::FIELD_REFUSED, [("alasan", reason)]);
    let question = words::ask(voice, &field, &draft, categories);
    let reply = words::then_back(&first, &question);
    let next = Dialogue { state: State::Collecting { draft, asked: field }, ..retry.clone() };
    Some(Conclusion { reply, handoff: None, next, complaint_id: None, outcome: "asked".to_owned() })
}

/// The part of a complaint that case-service's name for it means.
fn named(draft: &Draft, field: &str) -> Option<Field> {
    match field {
        "deskripsi" => Some(Field::Deskripsi),
        "kategori" => Some(Field::Kategori),
        "alamat" | "lat" | "lng" | "patokan" | "rt" | "rw" | "kelurahan" | "kecamatan" => Some(Field::Alamat),
        other => {
            let key = other.strip_prefix("fields.").unwrap_or(other);
            draft.asks.iter().any(|ask| ask.field == key).then(|| Field::Extra(key.to_owned()))
        }
    }
}

/// Which complaint of theirs a citizen means, and what can be done about it.
pub(super) fn follow_up(ending: &Ending<'_>, result: Option<&StepResult>, asked: &FollowUp) -> Conclusion {
    let voice = ending.voice;
    match result {
        Some(StepResult::Found { complaint }) if complaint.details.is_none() => {
            let text = format!("{}\n\n{}", words::status(voice, complaint), voice.say(&table::NOT_YOURS_TO_CHANGE));
            ending.said(Reply::text(text), "refused")
        }
        Some(StepResult::Found { complaint }) => about_one(ending, complaint, asked, false),
        Some(StepResult::Listed { complaints }) if asked.choose && complaints.len() > 1 => {
            let known: Vec<&Known> = complaints.iter().collect();
            let reply = Reply {
                list: Some(words::rows(voice, "ikut", &known)),
                ..Reply::text(words::latest(voice, complaints))
            };
            ending.said(reply, "asked")
        }
        Some(StepResult::Listed { complaints }) => match likeliest(complaints, asked) {
            Some(complaint) => about_one(ending, complaint, asked, complaints.len() > 1),
            None => nothing_to_follow(ending, asked),
        },
        _ => ending.said(Reply::text(voice.say(&table::NO_SUCH_COMPLAINT)), "status"),
    }
}

/// They have no complaint: the words may be the first one.
fn nothing_to_follow(ending: &Ending<'_>, asked: &FollowUp) -> Conclusion {
    if let Some((reply, state)) = &asked.otherwise {
        return ending.moved(reply.clone(), state.clone(), "answered");
    }
    let mut reply = back(ending.voice.say(&table::NO_COMPLAINTS), None);
    reply.buttons = words::after_status(ending.voice, true);
    ending.said(reply, "status")
}

/// The complaint that the words fit best: its category, its words, how lately it was made.
fn likeliest<'a>(known: &'a [Known], asked: &FollowUp) -> Option<&'a Known> {
    let said: Vec<String> =
        normalize::tokens(&asked.text).into_iter().filter(|word| word.chars().count() >= 4).collect();
    let score = |place: usize, complaint: &Known| {
        let Some(details) = &complaint.details else { return 0 };
        let text = format!("{} {} {}", details.kategori, details.alamat, details.deskripsi);
        let words = normalize::tokens(&text);
        let same = |word: &str, other: &str| other.len() >= 4 && (word.starts_with(other) || other.starts_with(word));
        let shared = said.iter().filter(|word| words.iter().any(|other| same(word, other))).count();
        let kind = usize::from(asked.kategori.as_ref() == Some(&details.key)) * 3;
        let dead = matches!(complaint.status, ComplaintStatus::Dibatalkan | ComplaintStatus::Duplikat);
        // The latest wins among equals.
        (shared * 2 + kind) * 100 + 20_usize.saturating_sub(place) + usize::from(!dead) * 50
    };
    known.iter().enumerate().max_by_key(|(place, complaint)| score(*place, complaint)).map(|(_, complaint)| complaint)
}

/// Where it stands, and what can be done about it from there.
fn about_one(ending: &Ending<'_>, complaint: &Known, asked: &FollowUp, several: bool) -> Conclusion {
    use ComplaintStatus::{
        Baru, Dialihkan, Dibatalkan, DibukaKembali, Diproses, Ditolak, Duplikat, MenungguWarga, Selesai, Terverifikasi,
    };
    let voice = ending.voice;
    let number = complaint.number;
    let follow = |deed: Deed, text: &str| State::Following {
        number,
        deed,
        text: text.to_owned(),
        media: asked.media.clone(),
        otherwise: None,
    };
    let conclusion = match complaint.status {
        Baru | Terverifikasi | Diproses | DibukaKembali if asked.adds => {
            let reply = words::deed(voice, &Deed::Add, number, &asked.text, asked.media.len());
            ending.moved(reply, follow(Deed::Add, &asked.text), "asked")
        }
        Baru | Terverifikasi | Diproses | DibukaKembali => {
            offering_person(ending.said(words::follow_open(voice, complaint, several), "status"))
        }
        MenungguWarga => {
            let question = complaint.details.as_ref().and_then(|details| details.note.clone()).unwrap_or_default();
            let text = if asked.adds { asked.text.as_str() } else { "" };
            let deed = Deed::Answer { question };
            let reply = words::deed(voice, &deed, number, text, asked.media.len());
            ending.moved(reply, follow(deed, text), "asked")
        }
        Selesai | Ditolak if asked.text.is_empty() => {
            let reply = words::deed(voice, &Deed::Reopen, number, "", 0);
            let reply = words::then_back(&words::status(voice, complaint), &reply);
            ending.moved(reply, follow(Deed::Reopen, ""), "asked")
        }
        Selesai | Ditolak => {
            let reply = words::follow_closed(voice, complaint, &asked.text);
            ending.moved(reply, follow(Deed::Reopen, &asked.text), "asked")
        }
        Dialihkan | Duplikat | Dibatalkan => {
            offering_person(ending.said(words::follow_ended(voice, complaint), "status"))
        }
    };
    about(number, conclusion)
}

/// It stands on the complaint now, or a person is called.
pub(super) fn followed(
    ending: &Ending<'_>,
    result: Option<&StepResult>,
    number: ComplaintNumber,
    deed: &Deed,
    summary: &str,
) -> Conclusion {
    let conclusion = if matches!(result, Some(StepResult::Followed)) {
        let outcome = match deed {
            Deed::Add => "complaint_updated",
            Deed::Reopen => "complaint_reopened",
            Deed::Answer { .. } => "complaint_answered",
        };
        ending.offering_next(ending.said(Reply::text(words::done(ending.voice, deed, number)), outcome))
    } else {
        let text = words::numbered(ending.voice, &table::NOT_DONE, number);
        handed_off(ending.plan.next.clone(), "repeated_failure", summary, text)
    };
    about(number, conclusion)
}

/// From these the citizen may cancel.
fn cancellable(status: ComplaintStatus) -> bool {
    matches!(status, ComplaintStatus::Baru | ComplaintStatus::Terverifikasi | ComplaintStatus::MenungguWarga)
}

pub(super) fn ask_cancel(ending: &Ending<'_>, complaint: &Known) -> Conclusion {
    let voice = ending.voice;
    if complaint.details.is_none() {
        // Somebody else's: not theirs to cancel, and nothing more is said about it.
        return ending.said(Reply::text(voice.say(&table::NOT_YOURS)), "refused");
    }
    if !cancellable(complaint.status) {
        return ending.said(words::too_late_to_cancel(voice, complaint), "refused");
    }
    let number = complaint.number;
    ending.moved(words::sure_to_cancel(voice, number), State::Cancelling { number }, "asked")
}

pub(super) fn choose_cancel(ending: &Ending<'_>, known: &[Known]) -> Conclusion {
    let open: Vec<&Known> = known.iter().filter(|complaint| cancellable(complaint.status)).collect();
    match open.as_slice() {
        [] => ending.said(Reply::text(ending.voice.say(&table::NOTHING_TO_CANCEL)), "answered"),
        [only] => ask_cancel(ending, only),
        several => ending.said(words::which_to_cancel(ending.voice, several), "asked"),
    }
}

pub(super) fn cancelled(ending: &Ending<'_>, result: Option<&StepResult>, number: ComplaintNumber) -> Conclusion {
    let voice = ending.voice;
    match result {
        Some(StepResult::Cancelled) => {
            let text = words::numbered(voice, &table::CANCELLED, number);
            ending.said(Reply::text(text), "complaint_cancelled")
        }
        _ => ending.said(words::cannot_cancel(voice, number), "refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_find_the_complaint() {
        let known = |number: &str, key: &str, deskripsi: &str| Known {
            number: number.parse().expect("a number"),
            status: ComplaintStatus::Selesai,
            details: Some(super::super::Details {
                kategori: key.replace('_', " "),
                key: key.into(),
                alamat: String::new(),
                deskripsi: deskripsi.to_owned(),
                due_at: chrono::DateTime::UNIX_EPOCH,
                note: None,
            }),
        };
        let list = [
            known("LAP-20261120-002", "sampah", "sampah numpuk"),
            known("LAP-20261118-001", "lampu_jalan", "lampu mati"),
        ];
        let asked = |text: &str| FollowUp {
            text: text.to_owned(),
            media: Vec::new(),
            kategori: None,
            adds: false,
            choose: false,
            otherwise: None,
        };
        let found = |text: &str| likeliest(&list, &asked(text)).map(|complaint| complaint.number.to_string());
        assert_eq!(
            found("lampunya belum diperbaiki").as_deref(),
            Some("LAP-20261118-001"),
            "whatever hangs on the word"
        );
        assert_eq!(found("lampu yang kemarin masih mati").as_deref(), Some("LAP-20261118-001"));
        assert_eq!(found("belum beres pak").as_deref(), Some("LAP-20261120-002"), "the latest");
    }
}
