//! The shipped model: made from the shipped texts, and good on texts that it has not seen.

use std::time::Instant;

use ai_service::understanding::builtin::Builtin;
use ai_service::understanding::model::{Model, data, measure};

const HELDOUT: &str = include_str!("../../model/heldout.tsv");

#[test]
fn the_shipped_model_is_made_from_the_shipped_texts() {
    let shipped = Model::shipped();
    assert_eq!(shipped.trained_from, data::hash(), "run: cargo run -p ai-service --release -- train");
    assert!(include_bytes!("../../model/builtin.bin").len() < 1_000_000);
}

#[test]
fn unseen_texts_are_understood() {
    let report = measure::run(HELDOUT, &Builtin::shipped());
    assert!(report.intents.all >= 150 && report.categories.all >= 80);
    assert!(report.intents.accuracy() >= 0.92, "intents {:.3}\n{}", report.intents.accuracy(), report.mistakes);
    assert!(
        report.categories.accuracy() >= 0.85,
        "categories {:.3}\n{}",
        report.categories.accuracy(),
        report.mistakes
    );
    assert!(
        report.intents.unsure * 20 <= report.intents.all,
        "{} of {} not sure",
        report.intents.unsure,
        report.intents.all
    );
}

#[test]
fn none_of_them_was_trained_from() {
    let unseen: Vec<&str> = HELDOUT
        .lines()
        .filter_map(|line| line.splitn(3, '\t').nth(2))
        .filter(|text| text.split(' ').count() > 3)
        .collect();
    for utterance in data::utterances() {
        assert!(!unseen.contains(&utterance.text.as_str()), "{}", utterance.text);
    }
}

#[test]
fn noise_is_not_sure() {
    let builtin = Builtin::shipped();
    for text in ["bleh zonk trakimu", "kuprex dimadula", "🙃🙃🙃", ""] {
        let understood = builtin.read(text);
        assert_eq!(understood.intent, None, "{text}: {:?} {:.2}", understood.guess, understood.confidence);
    }
}

#[test]
fn a_text_is_understood_well_within_a_turn() {
    let builtin = Builtin::shipped();
    let text =
        "Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05 Kelurahan Sukamaju".repeat(3);
    builtin.read(&text);
    let start = Instant::now();
    for _ in 0..20 {
        builtin.read(&text);
    }
    // Without optimisation, on a busy machine; optimised it is well under 1 ms.
    assert!(start.elapsed().as_millis() < 20 * 60, "{:?}", start.elapsed() / 20);
}
