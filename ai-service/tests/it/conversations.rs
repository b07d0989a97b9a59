//! Runs the conversations in `scripts/` against the pure dialogue and the shipped understanding.
//!
//! A script is plain text, read line by line. What there is:
//!
//! ```text
//! == what this shows
//! punya: LAP-20261119-001 baru          the citizen has this complaint (`orang:` somebody else has it); then, if it
//!                                       matters, its category and what it says
//! kategori: wisata Wisata pantai        the office has this category (`pensiun: pohon` it has this one no more)
//! bidang: pohon | tinggi | angka | wajib | Berapa tingginya?      the category asks this (wajib or boleh; teks, angka,
//!                                       tanggal, ya/tidak, or `pilihan Kecil, Besar`)
//! menolak: tinggi terlalu kecil         case-service refuses the next complaint, naming this part
//! menunggu: LAP-20261119-001 Warna cat? officers wait for the citizen's answer to this
//! dokumen: Perda 3, hal. 2 | Gratis.    the office's documents answer questions so
//! teks: welcome = Sama-sama!            the office says it so (`sapaan:` its greeting)
//! jam: 20                               it is eight in the evening
//! putus:                                from here on case-service is away (`sambung:` it is back)
//! ambil alih: Bu Sari                   a person has the conversation; `petugas:` they write, `kepada petugas:` the citizen
//!                                       writes to them, `catatan:` their note; it ends with the citizen's next turn
//! ```
//!
//! What happens, and what must be true then:
//!
//! ```text
//! warga: mau lapor lampu mati           the citizen writes (` // ` is a new line)
//! tekan: ya                             … taps a button or row
//! foto:   suara:   pin: -6.2 106.8      … sends a photo, a voice note (with words: it was heard), a location
//! stiker:   lain:                       … a sticker, something unreadable
//! bot: Di mana lokasinya                the answer holds this (`bukan:` it must not)
//! tombol: Ya, kirim                     the answer has a button or row of this title (`bukan tombol:` it has not)
//! keadaan: collecting                   the dialogue is there now
//! isi: rt=02                            the draft holds this (`-`: nothing)
//! terkirim: alamat=Jl. Mawar            the complaint that was sent last holds this (a number: so many were sent)
//! dicatat: buka LAP-20261119-001        this was done to a complaint last: tambah, buka, jawab, and the words
//! serah: requested                      a person was called, for this reason (nothing: nobody was)
//! ringkasan: lampu mati                 … with this in the summary (`bukan ringkasan:` without)
//! sumber: 1                             the answer rests on so many sources
//! diingat: 1                            so many complaints wait for their turn
//! ```

use std::collections::BTreeMap;

use ai_service::categories::{Categories, OfficeCategory};
use ai_service::dialogue::conclude::{conclude, give_up};
use ai_service::dialogue::facts::{HumanPart, Knowledge, Question};
use ai_service::dialogue::plan::plan;
use ai_service::dialogue::state::Human;
use ai_service::dialogue::words::Texts;
use ai_service::dialogue::{Conclusion, Deed, Details, Dialogue, Draft, Facts, Known, Step, StepResult, Turn};
use ai_service::turns::consumer::in_parts;
use ai_service::understanding::builtin::Builtin;
use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use contracts::category::{CategoryField, FieldChoice, FieldKind};
use contracts::dto::ai::Source;
use contracts::intent::Intent;
use contracts::message::{Location, MediaRef, Reply};
use contracts::office::OfficeSettings;
use contracts::{ComplaintNumber, ComplaintStatus, ContactId, DocumentId, TurnId};

const SCRIPTS: [(&str, &str); 9] = [
    ("laporan", include_str!("scripts/laporan.txt")),
    ("kategori", include_str!("scripts/kategori.txt")),
    ("koreksi", include_str!("scripts/koreksi.txt")),
    ("kiriman", include_str!("scripts/kiriman.txt")),
    ("status", include_str!("scripts/status.txt")),
    ("susulan", include_str!("scripts/susulan.txt")),
    ("petugas", include_str!("scripts/petugas.txt")),
    ("tanya", include_str!("scripts/tanya.txt")),
    ("english", include_str!("scripts/english.txt")),
];

/// A complaint on paper.
#[derive(Clone)]
struct Paper {
    status: ComplaintStatus,
    key: String,
    deskripsi: String,
    note: String,
}

/// One citizen, their dialogue, and a case-service of paper.
struct Stage {
    title: String,
    builtin: Builtin,
    dialogue: Dialogue,
    contact: ContactId,
    now: DateTime<Utc>,
    settings: OfficeSettings,
    categories: Vec<OfficeCategory>,
    own: BTreeMap<ComplaintNumber, Paper>,
    others: BTreeMap<ComplaintNumber, ComplaintStatus>,
    questions: Vec<Question>,
    human: Option<HumanPart>,
    known: Option<(String, String)>,
    sent: Vec<(Draft, String)>,
    followed: Vec<(ComplaintNumber, Deed, String)>,
    refuse: Option<(String, String)>,
    away: bool,
    last: Option<(Conclusion, usize)>,
    photos: usize,
}

impl Stage {
    fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            builtin: Builtin::shipped(),
            dialogue: Dialogue::default(),
            contact: ContactId::new(),
            now: Utc.with_ymd_and_hms(2026, 11, 20, 2, 0, 0).single().expect("a time"),
            settings: OfficeSettings {
                emergency_numbers: vec!["112".to_owned(), "113".to_owned()],
                ..OfficeSettings::default()
            },
            categories: Vec::new(),
            own: BTreeMap::new(),
            others: BTreeMap::new(),
            questions: Vec::new(),
            human: None,
            known: None,
            sent: Vec::new(),
            followed: Vec::new(),
            refuse: None,
            away: false,
            last: None,
            photos: 0,
        }
    }

    fn facts(&mut self, turn: &Turn) -> Facts {
        let asks =
            turn.choice().is_none() && turn.has_words() && turn.understood.intent == Some(Intent::KnowledgeQuery);
        let knowledge = match &self.known {
            Some((title, answer)) if asks || turn.text.contains('?') => Knowledge::Found {
                answer: answer.clone(),
                cited: title.clone(),
                sources: vec![Source {
                    document_id: DocumentId::new(),
                    title: title.clone(),
                    chunk_id: "1".to_owned(),
                    score: 0.9,
                }],
            },
            _ if asks || turn.text.contains('?') => Knowledge::Unanswerable,
            _ => Knowledge::NotAsked,
        };
        Facts {
            office_name: "Kelurahan Sukamaju".to_owned(),
            emergency_numbers: self.settings.emergency_numbers.clone(),
            opens_at: ai_service::dialogue::facts::opens_at(&self.settings, self.now),
            texts: Texts::of(&self.settings).0,
            categories: Categories::over_built_in(self.categories.clone()),
            questions: self.questions.clone(),
            human: self.human.take(),
            knowledge,
            ..Facts::plain(TurnId::new(), self.contact, self.now)
        }
    }

    fn turn(&mut self, turn: &Turn) {
        let facts = self.facts(turn);
        let plan = plan(&self.dialogue, turn, &facts);
        // What is stored must come back as it was.
        let plan = serde_json::from_value(serde_json::to_value(&plan).expect("JSON")).expect("a plan");
        let plan: ai_service::dialogue::Plan = plan;
        let conclusion = if self.away && !plan.steps.is_empty() {
            give_up(&plan, &facts.texts)
        } else {
            let results: Vec<StepResult> = plan.steps.iter().map(|step| self.act(step)).collect();
            conclude(&plan, &results, &facts.texts)
        };
        check_limits(&self.title, &conclusion.reply);
        self.dialogue =
            serde_json::from_value(serde_json::to_value(&conclusion.next).expect("JSON")).expect("a dialogue");
        self.last = Some((conclusion, plan.sources.len()));
        self.now += Duration::seconds(40);
    }

    fn act(&mut self, step: &Step) -> StepResult {
        match step {
            Step::CreateComplaint { draft } => {
                if let Some((field, reason)) = self.refuse.take() {
                    return StepResult::Invalid { errors: vec![(field, reason)] };
                }
                let key = draft.attempt.as_ref().expect("a sent draft has its key").key.clone();
                if !self.sent.iter().any(|(_, known)| *known == key) {
                    self.sent.push(((**draft).clone(), key));
                }
                let day = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
                let number = ComplaintNumber::new(day, u32::try_from(self.sent.len()).expect("few"));
                let paper = Paper {
                    status: ComplaintStatus::Baru,
                    key: draft.kategori.as_ref().expect("a category").0.clone(),
                    deskripsi: draft.deskripsi.clone().expect("a description"),
                    note: String::new(),
                };
                self.own.insert(number, paper);
                StepResult::Created { number, due_at: Utc.with_ymd_and_hms(2026, 11, 25, 10, 0, 0).single() }
            }
            Step::FindComplaint { number } => match (self.own.get(number), self.others.get(number)) {
                (Some(paper), _) => StepResult::Found { complaint: known(*number, paper) },
                (None, Some(status)) => {
                    StepResult::Found { complaint: Known { number: *number, status: *status, details: None } }
                }
                (None, None) => StepResult::NotFound,
            },
            Step::LatestComplaints => {
                let own = self.own.iter().rev().take(10);
                StepResult::Listed { complaints: own.map(|(number, paper)| known(*number, paper)).collect() }
            }
            Step::CancelComplaint { number } => {
                self.own.get_mut(number).expect("their own").status = ComplaintStatus::Dibatalkan;
                StepResult::Cancelled
            }
            Step::Follow { number, deed, text, .. } => {
                self.followed.push((*number, deed.clone(), text.clone()));
                let paper = self.own.get_mut(number).expect("their own");
                match deed {
                    Deed::Add => paper.deskripsi = format!("{}. {text}", paper.deskripsi),
                    Deed::Reopen => paper.status = ComplaintStatus::DibukaKembali,
                    Deed::Answer { .. } => {
                        paper.status = ComplaintStatus::Diproses;
                        self.questions.retain(|question| question.number != *number);
                    }
                }
                StepResult::Followed
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
        if self.office(what, rest) || self.person(what, rest) {
            return;
        }
        match what {
            "warga" => {
                let turn = in_parts(self.words(&rest.replace(" // ", "\n")));
                self.turn(&turn);
            }
            "tekan" => {
                // WhatsApp sends the title along.
                let title = self.last.as_ref().and_then(|(last, _)| title(&last.reply, rest)).unwrap_or_default();
                let turn = Turn { choices: vec![rest.to_owned()], ..self.words(&title) };
                self.turn(&turn);
            }
            "foto" | "suara" => {
                self.photos += 1;
                let media = MediaRef { id: format!("m{}", self.photos), ..MediaRef::default() };
                let turn = Turn { media: vec![media], voice: what == "suara" && rest.is_empty(), ..self.words(rest) };
                self.turn(&turn);
            }
            "stiker" => {
                let turn = Turn { sticker: true, ..self.words("") };
                self.turn(&turn);
            }
            "lain" => {
                let turn = self.words("");
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

    /// What the office is, has and does.
    fn office(&mut self, what: &str, rest: &str) -> bool {
        match what {
            "punya" => {
                let mut words = rest.splitn(4, ' ');
                let mut next = || words.next().unwrap_or_default().to_owned();
                let (number, status, key, deskripsi) = (next(), next(), next(), next());
                let paper = Paper {
                    status: status.parse().expect("a status"),
                    key: if key.is_empty() { "jalan_rusak".to_owned() } else { key },
                    deskripsi,
                    note: "Petugas sudah ke lokasi".to_owned(),
                };
                self.own.insert(number.parse().expect("a number"), paper);
            }
            "orang" => {
                let (number, status) = rest.split_once(' ').expect("number and status");
                self.others.insert(number.parse().expect("a number"), status.parse().expect("a status"));
            }
            "kategori" => {
                let (key, name) = rest.split_once(' ').expect("key and name");
                name.clone_into(&mut self.category(key).name);
            }
            "pensiun" => self.category(rest).active = false,
            "bidang" => {
                let parts: Vec<&str> = rest.split('|').map(str::trim).collect();
                let [key, field, kind, need, question] = parts[..] else { panic!("{rest}: five parts") };
                let field = CategoryField {
                    field: field.to_owned(),
                    question: question.to_owned(),
                    kind: field_kind(kind),
                    choices: choices(kind),
                    required: need == "wajib",
                };
                self.category(key).fields.push(field);
            }
            "menolak" => {
                let (field, reason) = rest.split_once(' ').expect("field and reason");
                self.refuse = Some((field.to_owned(), reason.to_owned()));
            }
            "menunggu" => {
                let (number, question) = rest.split_once(' ').expect("number and question");
                let number: ComplaintNumber = number.parse().expect("a number");
                let paper = Paper {
                    status: ComplaintStatus::MenungguWarga,
                    key: "lampu_jalan".to_owned(),
                    deskripsi: "lampu mati".to_owned(),
                    note: question.to_owned(),
                };
                self.own.insert(number, paper);
                self.questions.push(Question { number, question: question.to_owned() });
            }
            "dokumen" => {
                let (title, answer) = rest.split_once('|').expect("title and answer");
                self.known = Some((title.trim().to_owned(), answer.trim().to_owned()));
            }
            "teks" => {
                let (key, text) = rest.split_once('=').expect("key and text");
                self.settings.bot_texts.insert(key.trim().to_owned(), text.trim().to_owned());
            }
            "sapaan" => self.settings.greeting = Some(rest.to_owned()),
            "jam" => {
                let hour: u32 = rest.parse().expect("an hour");
                self.now = Utc.with_ymd_and_hms(2026, 11, 20, (hour + 17) % 24, 0, 0).single().expect("a time");
            }
            "putus" => self.away = true,
            "sambung" => self.away = false,
            _ => return false,
        }
        true
    }

    /// A person who has the conversation meanwhile.
    fn person(&mut self, what: &str, rest: &str) -> bool {
        if what == "ambil alih" {
            let human = Human { officer: rest.to_owned(), ended_at: self.now, summary: String::new() };
            self.human = Some(HumanPart { epoch: 9, human, citizen: Vec::new(), officer: Vec::new() });
            return true;
        }
        let spoken = self.words(rest);
        let Some(part) = self.human.as_mut() else { return false };
        match what {
            "petugas" => part.officer.push(rest.to_owned()),
            "catatan" => {
                part.officer.push(rest.to_owned());
                rest.clone_into(&mut part.human.summary);
            }
            "kepada petugas" => part.citizen.push(spoken),
            _ => return false,
        }
        true
    }

    fn category(&mut self, key: &str) -> &mut OfficeCategory {
        if !self.categories.iter().any(|category| category.key.0 == key) {
            let name = contracts::Category::from(key).built_in_name().unwrap_or(key).to_owned();
            let position = i32::try_from(self.categories.len()).expect("few");
            self.categories.push(OfficeCategory {
                key: key.into(),
                name,
                active: true,
                position,
                fields: Vec::new(),
                version: 1,
            });
        }
        self.categories.iter_mut().find(|category| category.key.0 == key).expect("it is there")
    }

    fn check(&self, what: &str, rest: &str, at: &str) {
        let (last, sources) = self.last.as_ref().expect("a turn comes first");
        let text = &last.reply.text;
        let said = text.to_lowercase().contains(&rest.to_lowercase());
        match what {
            "bot" => assert!(said, "{at}\nbut the bot said:\n{text}"),
            "bukan" => assert!(!said, "{at}\nbut the bot said:\n{text}"),
            "tombol" => assert!(
                titles(&last.reply).iter().any(|title| title == rest),
                "{at}\nbut there are {:?} below\n{text}",
                titles(&last.reply)
            ),
            "bukan tombol" => {
                assert!(!titles(&last.reply).iter().any(|title| title == rest), "{at}: {:?}", titles(&last.reply));
            }
            "keadaan" => assert_eq!(self.dialogue.state.name(), rest, "{at}\nafter the bot said:\n{text}"),
            "serah" => assert_eq!(
                last.handoff.as_ref().map_or("", |handoff| handoff.reason.as_str()),
                rest,
                "{at}\nsaid:\n{text}"
            ),
            "ringkasan" | "bukan ringkasan" => {
                let summary = last.handoff.as_ref().map_or("", |handoff| handoff.summary.as_str());
                assert_eq!(summary.contains(rest), what == "ringkasan", "{at}\nbut it is:\n{summary}");
            }
            "sumber" => assert_eq!(sources.to_string(), rest, "{at}"),
            "diingat" => assert_eq!(self.dialogue.waiting.len().to_string(), rest, "{at}\nsaid:\n{text}"),
            "dicatat" => {
                let (number, deed, words) =
                    self.followed.last().unwrap_or_else(|| panic!("{at}\nnothing was; the bot said:\n{text}"));
                let deed = match deed {
                    Deed::Add => "tambah",
                    Deed::Reopen => "buka",
                    Deed::Answer { .. } => "jawab",
                };
                let line = format!("{deed} {number} {words}");
                assert!(line.starts_with(rest), "{at}\nbut it is: {line}");
            }
            "belum dicatat" => assert!(self.followed.is_empty(), "{at}"),
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

fn field_kind(kind: &str) -> FieldKind {
    match kind.split(' ').next() {
        Some("teks") => FieldKind::Text,
        Some("angka") => FieldKind::Number,
        Some("tanggal") => FieldKind::Date,
        Some("ya/tidak") => FieldKind::YesNo,
        Some("pilihan") => FieldKind::Choice,
        other => panic!("no kind of question: {other:?}"),
    }
}

/// `pilihan Kecil, Sedang, Besar`: the key is the label in small letters.
fn choices(kind: &str) -> Vec<FieldChoice> {
    let Some(labels) = kind.strip_prefix("pilihan ") else { return Vec::new() };
    let labels = labels.split(',').map(str::trim);
    labels.map(|label| FieldChoice { key: label.to_lowercase().replace(' ', "_"), label: label.to_owned() }).collect()
}

fn holds(draft: &Draft, wanted: &str, at: &str) {
    let (field, value) = wanted.split_once('=').expect("field=value");
    let json = serde_json::to_value(draft).expect("JSON");
    let found = match json.get(field).filter(|value| !value.is_null()).unwrap_or(&json["fields"][field]) {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(list) => list.len().to_string(),
        serde_json::Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    assert_eq!(found, value, "{at}\ndraft: {json}");
}

fn known(number: ComplaintNumber, paper: &Paper) -> Known {
    let key = contracts::Category::from(paper.key.as_str());
    let details = Details {
        kategori: key.built_in_name().unwrap_or("Lainnya").to_owned(),
        key,
        alamat: "Jl. Rahasia No. 7".to_owned(),
        deskripsi: paper.deskripsi.clone(),
        due_at: Utc.with_ymd_and_hms(2026, 11, 25, 10, 0, 0).single().expect("a time"),
        note: Some(paper.note.clone()).filter(|note| !note.is_empty()),
    };
    Known { number, status: paper.status, details: Some(details) }
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
    assert!(all >= 70, "there are {all} conversations");
}
