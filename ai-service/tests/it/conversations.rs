//! Runs the conversations in `scripts/` against the pure dialogue and the shipped understanding.
//!
//! A script is plain text, read line by line:
//!
//! ```text
//! == what this shows
//! punya: LAP-20261119-001 baru          the citizen has this complaint (orang: somebody else has it)
//! warga: mau lapor lampu mati           the citizen writes
//! tekan: ya                             … taps a button or row
//! foto:   suara:   pin: -6.2 106.8      … sends a photo, a voice note, a location
//! bot: Di mana lokasinya                the answer holds this (`bukan:` it must not)
//! tombol: Ya, kirim                     the answer has a button or row of this title
//! keadaan: collecting                   the dialogue is there now
//! isi: rt=02                            the draft holds this
//! terkirim: alamat=Jl. Mawar            the complaint that was sent last holds this
//! serah: requested                      a person was called, for this reason
//! putus:                                from here on case-service is away (`sambung:` it is back)
//! ```

use std::collections::BTreeMap;

use ai_service::dialogue::conclude::{conclude, give_up};
use ai_service::dialogue::plan::plan;
use ai_service::dialogue::{Conclusion, Details, Dialogue, Draft, Facts, Known, Step, StepResult, Turn};
use ai_service::understanding::builtin::Builtin;
use chrono::{NaiveDate, TimeZone, Utc};
use contracts::message::{Location, MediaRef, Reply};
use contracts::{ComplaintNumber, ComplaintStatus, ContactId, TurnId};

const SCRIPTS: [(&str, &str); 4] = [
    ("laporan", include_str!("scripts/laporan.txt")),
    ("status", include_str!("scripts/status.txt")),
    ("petugas", include_str!("scripts/petugas.txt")),
    ("english", include_str!("scripts/english.txt")),
];

/// One citizen, their dialogue, and a case-service of paper.
struct Stage {
    title: String,
    builtin: Builtin,
    dialogue: Dialogue,
    contact: ContactId,
    own: BTreeMap<ComplaintNumber, ComplaintStatus>,
    others: BTreeMap<ComplaintNumber, ComplaintStatus>,
    sent: Vec<(Draft, String)>,
    away: bool,
    last: Option<Conclusion>,
    photos: usize,
}

impl Stage {
    fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            builtin: Builtin::shipped(),
            dialogue: Dialogue::default(),
            contact: ContactId::new(),
            own: BTreeMap::new(),
            others: BTreeMap::new(),
            sent: Vec::new(),
            away: false,
            last: None,
            photos: 0,
        }
    }

    fn turn(&mut self, turn: &Turn) {
        let facts = Facts {
            turn_id: TurnId::new(),
            contact_id: self.contact,
            office_name: "Kelurahan Sukamaju".to_owned(),
            emergency_numbers: vec!["112".to_owned(), "113".to_owned()],
            hour: 9,
        };
        let plan = plan(&self.dialogue, turn, &facts);
        // What is stored must come back as it was.
        let plan = serde_json::from_value(serde_json::to_value(&plan).expect("JSON")).expect("a plan");
        let plan: ai_service::dialogue::Plan = plan;
        let conclusion = if self.away && !plan.steps.is_empty() {
            give_up(&plan)
        } else {
            let results: Vec<StepResult> = plan.steps.iter().map(|step| self.act(step)).collect();
            conclude(&plan, &results)
        };
        check_limits(&self.title, &conclusion.reply);
        self.dialogue =
            serde_json::from_value(serde_json::to_value(&conclusion.next).expect("JSON")).expect("a dialogue");
        self.last = Some(conclusion);
    }

    fn act(&mut self, step: &Step) -> StepResult {
        match step {
            Step::CreateComplaint { draft } => {
                let key = draft.attempt.as_ref().expect("a sent draft has its key").key.clone();
                if !self.sent.iter().any(|(_, known)| *known == key) {
                    self.sent.push(((**draft).clone(), key));
                }
                let day = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
                let number = ComplaintNumber::new(day, u32::try_from(self.sent.len()).expect("few"));
                self.own.insert(number, ComplaintStatus::Baru);
                StepResult::Created { number, due_at: Utc.with_ymd_and_hms(2026, 11, 25, 10, 0, 0).single() }
            }
            Step::FindComplaint { number } => match (self.own.get(number), self.others.get(number)) {
                (Some(status), _) => StepResult::Found { complaint: known(*number, *status, true) },
                (None, Some(status)) => StepResult::Found { complaint: known(*number, *status, false) },
                (None, None) => StepResult::NotFound,
            },
            Step::LatestComplaints => {
                let own = self.own.iter().rev().take(5);
                StepResult::Listed { complaints: own.map(|(number, status)| known(*number, *status, true)).collect() }
            }
            Step::CancelComplaint { number } => {
                self.own.insert(*number, ComplaintStatus::Dibatalkan);
                StepResult::Cancelled
            }
        }
    }

    fn words(&self, text: &str) -> Turn {
        Turn::words(text, self.builtin.read(text))
    }

    fn line(&mut self, line: &str) {
        let (what, rest) =
            line.split_once(':').unwrap_or_else(|| panic!("{}: not a line of a script: {line}", self.title));
        let rest = rest.trim();
        let at = format!("{}: {line}", self.title);
        match what {
            "punya" | "orang" => {
                let (number, status) = rest.split_once(' ').expect("number and status");
                let list = if what == "punya" { &mut self.own } else { &mut self.others };
                list.insert(number.parse().expect("a number"), status.parse().expect("a status"));
            }
            "putus" => self.away = true,
            "sambung" => self.away = false,
            "warga" => {
                let turn = self.words(rest);
                self.turn(&turn);
            }
            "tekan" => {
                // WhatsApp sends the title along.
                let title = self.last.as_ref().and_then(|last| title(&last.reply, rest)).unwrap_or_default();
                let turn = Turn { choices: vec![rest.to_owned()], ..self.words(&title) };
                self.turn(&turn);
            }
            "foto" | "suara" => {
                self.photos += 1;
                let media = MediaRef { id: format!("m{}", self.photos), mime_type: None, filename: None, key: None };
                let turn = Turn { media: vec![media], voice: what == "suara", ..self.words(rest) };
                self.turn(&turn);
            }
            "pin" => {
                let (latitude, longitude) = rest.split_once(' ').expect("two numbers");
                let [latitude, longitude] = [latitude, longitude].map(|n| n.parse().expect("a number"));
                let turn = Turn {
                    location: Some(Location { latitude, longitude, name: None, address: None }),
                    ..self.words("")
                };
                self.turn(&turn);
            }
            _ => self.check(what, rest, &at),
        }
    }

    fn check(&self, what: &str, rest: &str, at: &str) {
        let last = self.last.as_ref().expect("a turn comes first");
        let text = &last.reply.text;
        let said = text.to_lowercase().contains(&rest.to_lowercase());
        match what {
            "bot" => assert!(said, "{at}\nbut the bot said:\n{text}"),
            "bukan" => assert!(!said, "{at}\nbut the bot said:\n{text}"),
            "tombol" => assert!(
                titles(&last.reply).iter().any(|title| title == rest),
                "{at}\nbut there are {:?}",
                titles(&last.reply)
            ),
            "keadaan" => assert_eq!(self.dialogue.state.name(), rest, "{at}\nafter the bot said:\n{text}"),
            "serah" => assert_eq!(
                last.handoff.as_ref().map_or("", |handoff| handoff.reason.as_str()),
                rest,
                "{at}\nsaid:\n{text}"
            ),
            "ringkasan" => assert!(last.handoff.as_ref().is_some_and(|handoff| handoff.summary.contains(rest)), "{at}"),
            "isi" => holds(
                self.dialogue.state.draft().unwrap_or_else(|| panic!("{at}\nno draft; the bot said:\n{text}")),
                rest,
                at,
            ),
            "terkirim" if rest.parse::<usize>().is_ok() => {
                assert_eq!(self.sent.len().to_string(), rest, "{at}\nsaid:\n{text}");
            }
            "terkirim" => holds(
                &self.sent.last().unwrap_or_else(|| panic!("{at}\nnothing was sent; the bot said:\n{text}")).0,
                rest,
                at,
            ),
            other => panic!("{at}: unknown word {other}"),
        }
    }
}

fn holds(draft: &Draft, wanted: &str, at: &str) {
    let (field, value) = wanted.split_once('=').expect("field=value");
    let json = serde_json::to_value(draft).expect("JSON");
    let found = match &json[field] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(list) => list.len().to_string(),
        serde_json::Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    assert_eq!(found, value, "{at}\ndraft: {json}");
}

fn known(number: ComplaintNumber, status: ComplaintStatus, own: bool) -> Known {
    let details = own.then(|| Details {
        kategori: "Jalan rusak".to_owned(),
        alamat: "Jl. Rahasia No. 7".to_owned(),
        due_at: Utc.with_ymd_and_hms(2026, 11, 25, 10, 0, 0).single().expect("a time"),
        note: Some("Petugas sudah ke lokasi".to_owned()),
    });
    Known { number, status, details }
}

fn titles(reply: &Reply) -> Vec<String> {
    let rows = reply.list.iter().flat_map(|list| list.rows.iter().map(|row| row.title.clone()));
    reply.buttons.iter().map(|button| button.title.clone()).chain(rows).collect()
}

fn title(reply: &Reply, id: &str) -> Option<String> {
    let button = reply.buttons.iter().find(|button| button.id == id).map(|button| button.title.clone());
    let row = || reply.list.as_ref()?.rows.iter().find(|row| row.id == id).map(|row| row.title.clone());
    button.or_else(row)
}

/// What WhatsApp takes.
fn check_limits(title: &str, reply: &Reply) {
    let length = |text: &str| text.chars().count();
    let choices = !reply.buttons.is_empty() || reply.list.is_some();
    assert!((1..=if choices { 1024 } else { 4096 }).contains(&length(&reply.text)), "{title}: {}", reply.text);
    assert!(reply.buttons.len() <= 3, "{title}: {:?}", reply.buttons);
    assert!(
        reply.buttons.iter().all(|button| (1..=20).contains(&length(&button.title))),
        "{title}: {:?}",
        reply.buttons
    );
    if let Some(list) = &reply.list {
        assert!((1..=10).contains(&list.rows.len()) && length(&list.button) <= 20, "{title}: {list:?}");
        for row in &list.rows {
            assert!((1..=24).contains(&length(&row.title)), "{title}: {row:?}");
            assert!(row.description.as_deref().is_none_or(|text| length(text) <= 72), "{title}: {row:?}");
        }
    }
}

#[test]
fn conversations_go_as_they_are_written() {
    let mut failed = Vec::new();
    let mut all = 0;
    for (file, text) in SCRIPTS {
        for script in text.split("\n== ").map(|part| part.trim_start_matches("== ")) {
            let Some((title, lines)) = script.trim().split_once('\n') else { continue };
            all += 1;
            let title = format!("{file}: {title}");
            let played = std::panic::catch_unwind(|| {
                let mut stage = Stage::new(&title);
                for line in lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                    stage.line(line);
                }
            });
            if let Err(panic) = played {
                let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                failed.push(why);
            }
        }
    }
    assert!(failed.is_empty(), "{} of {all} conversations went wrong:\n\n{}", failed.len(), failed.join("\n\n"));
    assert!(all >= 40, "there are {all} conversations");
}
