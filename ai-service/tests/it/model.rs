//! The shipped model: made from the shipped texts, and good on texts that nothing was trained from.

use std::collections::BTreeSet;
use std::time::Instant;

use ai_service::evaluation::floors::Floors;
use ai_service::evaluation::{self, DEVELOPMENT_SET, TEST_SET, set};
use ai_service::understanding::builtin::Builtin;
use ai_service::understanding::model::{BYTES, Model, data};

#[test]
fn the_shipped_model_is_made_from_the_shipped_texts() {
    let shipped = Model::shipped();
    assert_eq!(shipped.trained_from, data::hash(), "run: cargo xtask train");
    assert!(BYTES.len() < 3_000_000, "{} bytes", BYTES.len());
}

#[test]
fn thousands_of_texts_were_written_to_train_from() {
    let utterances = data::utterances();
    let different: BTreeSet<&str> = utterances.iter().map(|utterance| utterance.text.as_str()).collect();
    assert!(different.len() > 10_000, "{}", different.len());
}

#[test]
fn figures_on_the_test_set_stay_above_the_floors() {
    let floors = Floors::committed().expect("eval/floors.json");
    let (figures, search) = evaluation::builtin().expect("the test set");
    let below = floors.below(&figures, &search);
    assert!(below.is_empty(), "{below:#?}\n{}", figures.mistakes);
    // The floors notice a fall.
    let mut fallen = figures.clone();
    fallen.intent_accuracy = floors.intent_accuracy - 0.01;
    assert_eq!(floors.below(&fallen, &search).len(), 1);
}

#[test]
fn no_text_of_the_test_sets_was_trained_from() {
    let mut unseen = set::read(TEST_SET).expect("the test set");
    unseen.extend(set::read(DEVELOPMENT_SET).expect("the development set"));
    let trained: BTreeSet<String> = data::utterances().into_iter().map(|utterance| utterance.text).collect();
    for item in unseen.iter().filter(|item| item.text.split(' ').count() > 4) {
        assert!(!trained.contains(item.text.as_str()), "{}", item.text);
    }
}

#[test]
fn the_test_set_and_the_development_set_are_apart() {
    let test: BTreeSet<String> = set::read(TEST_SET).expect("the test set").into_iter().map(|item| item.text).collect();
    let shared: Vec<String> = set::read(DEVELOPMENT_SET)
        .expect("the development set")
        .into_iter()
        .map(|item| item.text)
        .filter(|text| text.split(' ').count() > 3 && test.contains(text))
        .collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn noise_is_not_sure() {
    let builtin = Builtin::shipped();
    for text in ["bleh zonk trakimu", "kuprex dimadula", "🙃🙃🙃", ""] {
        let understood = builtin.read(text);
        assert!(
            understood.intent.is_none_or(|intent| intent == contracts::intent::Intent::OutOfScope),
            "{text}: {:?} {:.2}",
            understood.guess,
            understood.confidence
        );
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
