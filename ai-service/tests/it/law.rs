//! What holds for every conversation, however odd.

use ai_service::categories::{Categories, OfficeCategory};
use ai_service::dialogue::conclude::{conclude, give_up};
use ai_service::dialogue::facts::{HumanPart, Knowledge, Question};
use ai_service::dialogue::plan::plan;
use ai_service::dialogue::state::Human;
use ai_service::dialogue::words::Texts;
use ai_service::dialogue::{Answer, Details, Dialogue, Facts, Field, Known, State, Step, StepResult, Turn};
use ai_service::turns::consumer::in_parts;
use ai_service::understanding::builtin::Builtin;
use chrono::{DateTime, Utc};
use contracts::category::{CategoryField, FieldChoice, FieldKind};
use contracts::message::{Location, MediaRef};
use contracts::{ComplaintStatus, ContactId, TurnId};
use proptest::prelude::*;
use std::sync::LazyLock;

static BUILTIN: LazyLock<Builtin> = LazyLock::new(Builtin::shipped);

const LINES: &[&str] = &[
    "mau lapor",
    "lampu jalan mati",
    "jl melati no 3 rt 2 rw 1",
    "lapor pohon tumbang di jl veteran no 12",
    "lapor lampu jalan mati di jl mawar no 3. Selain itu sampah menumpuk di jl melati no 5",
    "ya",
    "tidak",
    "batal",
    "makasih",
    "halo",
    "status",
    "bukan, rt 4",
    "eh salah, jalan mawar bukan melati",
    "lap 20261120 001",
    "batalkan lap-20261120-001",
    "tambah info untuk laporan LAP-20261120-001: makin parah",
    "yang kemarin saya laporkan belum diperbaiki",
    "tadi sama petugas sudah",
    "bicara petugas",
    "ubah",
    "alamatnya salah",
    "gak tau",
    "lewati",
    "8",
    "kemarin",
    "ada kebakaran!",
    "syarat ktp apa",
    "dasar bangsat",
    "lurah korupsi",
    "https://x.example/a",
    "081234567890",
    "???",
    "👍",
    "xyzzy",
    "i want to report a pothole",
    "yes",
    "",
];
const TAPS: &[&str] = &[
    "lapor",
    "status",
    "petugas",
    "ya",
    "tidak",
    "ubah",
    "batal",
    "lainnya",
    "ubah:alamat",
    "ubah:kategori",
    "kategori:sampah",
    "kategori:pohon",
    "kategori_hal:1",
    "isi:jenis:-",
    "isi:besar:kecil",
    "isi:tinggi:-",
    "cabut:LAP-20261120-001",
    "tambah:LAP-20261120-001",
    "ikut:LAP-20261120-001",
    "lihat:LAP-20261120-001",
    "bogus",
];

fn words(text: &str) -> Turn {
    in_parts(Turn::words(text, BUILTIN.read(text)))
}

fn tap(id: &str) -> Turn {
    Turn { choices: vec![id.to_owned()], ..words("") }
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        8 => prop::sample::select(LINES).prop_map(words),
        3 => prop::sample::select(TAPS).prop_map(tap),
        1 => any::<bool>().prop_map(|voice| Turn {
            media: vec![MediaRef { id: "m".to_owned(), ..MediaRef::default() }],
            voice,
            ..words("")
        }),
        1 => Just(()).prop_map(|()| Turn {
            location: Some(Location { latitude: -6.0, longitude: 106.0, name: None, address: None }),
            ..words("")
        }),
        1 => Just(()).prop_map(|()| Turn { sticker: true, ..words("") }),
        1 => "\\PC{0,40}".prop_map(|line| words(&line)),
    ]
}

/// Trees have questions, street lights are retired, everything else is as it comes.
fn categories() -> Categories {
    let field = |field: &str, kind, required| CategoryField {
        field: field.to_owned(),
        question: format!("Bagaimana dengan {field}?"),
        kind,
        choices: match kind {
            FieldKind::Choice => {
                ["kecil", "besar"].map(|key| FieldChoice { key: key.to_owned(), label: key.to_owned() }).to_vec()
            }
            _ => Vec::new(),
        },
        required,
    };
    let category = |key: &str, active, fields| OfficeCategory {
        key: key.into(),
        name: key.to_owned(),
        active,
        position: 0,
        fields,
        version: 1,
    };
    let asked = vec![
        field("tinggi", FieldKind::Number, true),
        field("besar", FieldKind::Choice, true),
        field("jenis", FieldKind::Text, false),
    ];
    Categories::over_built_in(vec![category("pohon", true, asked), category("lampu_jalan", false, Vec::new())])
}

fn facts(luck: u8) -> Facts {
    let number = "LAP-20261120-001".parse().expect("a number");
    let now: DateTime<Utc> = "2026-11-20T02:00:00Z".parse().expect("a time");
    let human = Human { officer: "Bu Sari".to_owned(), ended_at: now, summary: "Petugas: baik".to_owned() };
    Facts {
        emergency_numbers: vec!["112".to_owned()],
        categories: categories(),
        questions: (luck % 3 == 1)
            .then(|| Question { number, question: "Warna apa?".to_owned() })
            .into_iter()
            .collect(),
        human: (luck % 5 == 2).then(|| HumanPart {
            epoch: 1,
            human,
            citizen: vec![words("di jl anggrek no 9")],
            officer: vec!["baik, saya catat".to_owned()],
        }),
        knowledge: if luck.is_multiple_of(2) { Knowledge::Unanswerable } else { Knowledge::NotAsked },
        ..Facts::plain(TurnId::new(), ContactId::new(), now)
    }
}

fn known(status: ComplaintStatus) -> Known {
    let details = Details {
        kategori: "Jalan rusak".to_owned(),
        key: "jalan_rusak".into(),
        alamat: "Jl. Mawar".to_owned(),
        deskripsi: "berlubang".to_owned(),
        due_at: DateTime::UNIX_EPOCH,
        note: None,
    };
    Known { number: "LAP-20261120-001".parse().expect("a number"), status, details: Some(details) }
}

fn results(step: &Step, luck: u8) -> StepResult {
    let number = "LAP-20261120-001".parse().expect("a number");
    let status = ComplaintStatus::ALL[usize::from(luck) % ComplaintStatus::ALL.len()];
    match (step, luck % 4) {
        (_, 1) => StepResult::Refused { status: 400 },
        (Step::CreateComplaint { .. }, 2) => {
            StepResult::Invalid { errors: vec![("fields.tinggi".to_owned(), "terlalu besar".to_owned())] }
        }
        (Step::CreateComplaint { .. }, _) => StepResult::Created { number, due_at: None },
        (Step::FindComplaint { .. }, 2) => StepResult::NotFound,
        (Step::FindComplaint { .. }, _) => StepResult::Found { complaint: known(status) },
        (Step::LatestComplaints, 2) => StepResult::Listed { complaints: Vec::new() },
        (Step::LatestComplaints, _) => StepResult::Listed { complaints: vec![known(status)] },
        (Step::CancelComplaint { .. }, 2) => StepResult::NotCancellable,
        (Step::CancelComplaint { .. }, _) => StepResult::Cancelled,
        (Step::Follow { .. }, 2) => StepResult::NotFollowed,
        (Step::Follow { .. }, _) => StepResult::Followed,
    }
}

/// Only what was complete and shown is done, as it was shown.
fn shown_before_done(before: &Dialogue, step: &Step) -> Result<(), TestCaseError> {
    match step {
        Step::CreateComplaint { draft } => {
            let Some(shown) = before.state.draft() else { return Err(TestCaseError::fail("sent without a draft")) };
            prop_assert_eq!(before.state.name(), "confirming");
            prop_assert_eq!(draft.missing(), None);
            prop_assert_eq!((&draft.deskripsi, &draft.alamat), (&shown.deskripsi, &shown.alamat));
            prop_assert_eq!((&draft.kategori, &draft.fields), (&shown.kategori, &shown.fields));
        }
        Step::CancelComplaint { number } => prop_assert_eq!(&before.state, &State::Cancelling { number: *number }),
        Step::Follow { number, deed, text, media, .. } => {
            let State::Following { number: n, deed: d, text: t, media: m, .. } = &before.state else {
                return Err(TestCaseError::fail("put onto a ticket without having been shown"));
            };
            prop_assert_eq!((n, d, t, m), (number, deed, text, media));
            prop_assert!(!text.is_empty() || !media.is_empty());
        }
        Step::FindComplaint { .. } | Step::LatestComplaints => {}
    }
    Ok(())
}

/// Nobody is held: a person comes when asked for, and what is under way can be dropped.
fn there_is_a_way_out(dialogue: &Dialogue) -> Result<(), TestCaseError> {
    let facts = facts(0);
    let person = plan(dialogue, &tap("petugas"), &facts);
    prop_assert!(matches!(person.answer, Answer::Handoff { .. }), "{:?}", person.answer);
    let word = if matches!(dialogue.state, State::Cancelling { .. }) { "tidak" } else { "batal" };
    let dropped = plan(dialogue, &tap(word), &facts);
    prop_assert!(dropped.steps.is_empty(), "dropping does nothing elsewhere");
    prop_assert_eq!(dropped.next.state, State::Idle);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_done_unshown_and_every_turn_has_an_answer(turns in prop::collection::vec((turn(), any::<u8>()), 1..16)) {
        let mut dialogue = Dialogue::default();
        let texts = Texts::default();
        for (turn, luck) in turns {
            let facts = facts(luck);
            let handed_back = facts.human.is_some();
            let plan = plan(&dialogue, &turn, &facts);
            // After a person spoke the draft may be another; nothing is sent in that turn unless it was shown.
            for step in plan.steps.iter().filter(|_| !handed_back) {
                shown_before_done(&dialogue, step)?;
            }
            let results: Vec<StepResult> = plan.steps.iter().map(|step| results(step, luck)).collect();
            let away = luck % 7 == 3 && !plan.steps.is_empty();
            let conclusion = if away { give_up(&plan, &texts) } else { conclude(&plan, &results, &texts) };
            let text = &conclusion.reply.text;
            prop_assert!(!text.trim().is_empty());
            prop_assert!(conclusion.next.failures < 3);
            match &conclusion.next.state {
                State::Confirming { draft } => prop_assert_eq!(draft.missing(), None),
                // What is asked is what is missing: nothing that is known is asked for.
                State::Collecting { draft, asked } => prop_assert_eq!(draft.missing(), Some(asked.clone())),
                _ => {}
            }
            // What need not be answered is asked once.
            if let (State::Collecting { draft, asked: Field::Extra(key) }, State::Collecting { asked, .. }) =
                (&dialogue.state, &conclusion.next.state)
                && draft.asks.iter().any(|ask| ask.field == *key && !ask.required)
                && plan.next.failures > dialogue.failures
            {
                prop_assert_ne!(asked, &Field::Extra(key.clone()));
            }
            let done = |result: &StepResult| !away && results.contains(result);
            if !conclusion.next.english {
                let created = text.contains("sudah kami terima dengan nomor");
                prop_assert_eq!(created, conclusion.complaint_id.is_some());
                let said = ["sudah dibuka kembali dan", "sudah ditambahkan ke", "sudah diteruskan ke petugas"];
                prop_assert_eq!(said.iter().any(|said| text.contains(said)), done(&StepResult::Followed), "{}", text);
                prop_assert_eq!(text.contains("sudah dibatalkan."), done(&StepResult::Cancelled));
            }
            if conclusion.complaint_id.is_some() {
                let made = results.iter().any(|result| matches!(result, StepResult::Created { .. }));
                prop_assert!(made && !away, "a number that nobody gave");
            }
            dialogue = conclusion.next;
            there_is_a_way_out(&dialogue)?;
        }
    }
}
