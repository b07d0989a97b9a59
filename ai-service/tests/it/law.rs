//! What holds for every conversation, however odd.

use ai_service::dialogue::conclude::{conclude, give_up};
use ai_service::dialogue::plan::plan;
use ai_service::dialogue::{Dialogue, Facts, State, Step, StepResult, Turn};
use ai_service::understanding::builtin::Builtin;
use contracts::message::{Location, MediaRef};
use contracts::{ContactId, TurnId};
use proptest::prelude::*;
use std::sync::LazyLock;

static BUILTIN: LazyLock<Builtin> = LazyLock::new(Builtin::shipped);

const LINES: &[&str] = &[
    "mau lapor",
    "lampu jalan mati",
    "jl melati no 3 rt 2 rw 1",
    "ya",
    "tidak",
    "batal",
    "makasih",
    "halo",
    "status",
    "bukan, rt 4",
    "lap 20261120 001",
    "batalkan lap-20261120-001",
    "bicara petugas",
    "ubah",
    "alamatnya salah",
    "gak tau",
    "ada kebakaran!",
    "syarat ktp apa",
    "???",
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
    "ubah:alamat",
    "ubah:kategori",
    "kategori:sampah",
    "cabut:LAP-20261120-001",
    "bogus",
];

fn turn() -> impl Strategy<Value = Turn> {
    let words = |text: &str| Turn::words(text, BUILTIN.read(text));
    prop_oneof![
        6 => prop::sample::select(LINES).prop_map(words),
        3 => prop::sample::select(TAPS).prop_map(move |tap| Turn { choices: vec![tap.to_owned()], ..words("") }),
        1 => Just(()).prop_map(move |()| Turn {
            media: vec![MediaRef { id: "m".to_owned(), mime_type: None, filename: None, key: None }],
            ..words("")
        }),
        1 => Just(()).prop_map(move |()| Turn {
            location: Some(Location { latitude: -6.0, longitude: 106.0, name: None, address: None }),
            ..words("")
        }),
        1 => "\\PC{0,40}".prop_map(move |line| words(&line)),
    ]
}

fn results(step: &Step, away: bool) -> Vec<StepResult> {
    let number = "LAP-20261120-001".parse().expect("a number");
    match step {
        _ if away => vec![StepResult::Refused { status: 400 }],
        Step::CreateComplaint { .. } => vec![StepResult::Created { number, due_at: None }],
        Step::FindComplaint { .. } => vec![StepResult::NotFound],
        Step::LatestComplaints => vec![StepResult::Listed { complaints: Vec::new() }],
        Step::CancelComplaint { .. } => vec![StepResult::NotCancellable],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_sent_unshown_and_every_turn_has_an_answer(turns in prop::collection::vec((turn(), 0..4u8), 1..14)) {
        let mut dialogue = Dialogue::default();
        for (turn, luck) in turns {
            let facts = Facts {
                turn_id: TurnId::new(), contact_id: ContactId::new(), office_name: "Kantor".to_owned(),
                emergency_numbers: vec!["112".to_owned()], hour: 9,
            };
            let plan = plan(&dialogue, &turn, &facts);
            for step in &plan.steps {
                if let Step::CreateComplaint { draft } = step {
                    // Only what was complete and shown is sent, as it was shown.
                    let State::Confirming { draft: shown } = &dialogue.state else {
                        return Err(TestCaseError::fail("sent without having been shown"));
                    };
                    prop_assert_eq!(draft.missing(), None);
                    prop_assert_eq!((&draft.deskripsi, &draft.alamat, &draft.kategori), (&shown.deskripsi, &shown.alamat, &shown.kategori));
                }
                if let Step::CancelComplaint { number } = step {
                    prop_assert_eq!(&dialogue.state, &State::Cancelling { number: *number });
                }
            }
            let conclusion = match luck {
                0 if !plan.steps.is_empty() => give_up(&plan),
                1 => conclude(&plan, &plan.steps.iter().flat_map(|step| results(step, true)).collect::<Vec<_>>()),
                _ => conclude(&plan, &plan.steps.iter().flat_map(|step| results(step, false)).collect::<Vec<_>>()),
            };
            prop_assert!(!conclusion.reply.text.trim().is_empty());
            prop_assert!(conclusion.next.failures < 3);
            if let State::Confirming { draft } = &conclusion.next.state {
                prop_assert_eq!(draft.missing(), None);
            }
            let promised = conclusion.reply.text.contains("sudah kami terima dengan nomor");
            prop_assert_eq!(promised, conclusion.complaint_id.is_some() && !conclusion.next.english);
            dialogue = conclusion.next;
        }
    }
}
