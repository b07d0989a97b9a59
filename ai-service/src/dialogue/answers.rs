//! A turn as the answer to what a category asks: text, number, day, choice, yes or no.

use chrono::NaiveDate;
use contracts::category::{CategoryField, FieldKind};
use contracts::intent::Intent;
use serde_json::{Value, json};

use super::{Turn, dates, reading};
use crate::understanding::normalize;

/// What a turn is to a question of the category's own.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    Answer(Value),
    /// The citizen does not want to say.
    Skip,
    /// It is no answer to this.
    Nothing,
}

/// The longest text that is kept as an answer.
const LONGEST: usize = 500;

/// Reads a turn as the answer to a field.
pub fn read(field: &CategoryField, turn: &Turn, today: NaiveDate) -> Reading {
    if let Some(tapped) = turn.chosen("isi") {
        return tap(field, tapped);
    }
    if turn.choice().is_some() || !turn.has_words() {
        return Reading::Nothing;
    }
    let text = turn.text.trim();
    if skips(turn) {
        return Reading::Skip;
    }
    let value = match field.kind {
        FieldKind::Text => free_text(turn),
        FieldKind::Number => dates::number(text).map(|number| json!(tidy(number))),
        FieldKind::Date => dates::day(text, today).map(|day| json!(day.to_string())),
        FieldKind::Choice => choice(field, text).map(Value::String),
        FieldKind::YesNo => yes_or_no(turn),
    };
    value.map_or(Reading::Nothing, Reading::Answer)
}

/// A tap answers the field that it was made for, and no other.
fn tap(field: &CategoryField, tapped: &str) -> Reading {
    let Some((key, value)) = tapped.split_once(':').filter(|(key, _)| *key == field.field) else {
        return Reading::Nothing;
    };
    debug_assert_eq!(key, field.field);
    match (value, field.kind) {
        ("-", _) if !field.required => Reading::Skip,
        ("ya", FieldKind::YesNo) => Reading::Answer(json!(true)),
        ("tidak", FieldKind::YesNo) => Reading::Answer(json!(false)),
        (key, FieldKind::Choice) if field.choices.iter().any(|choice| choice.key == key) => Reading::Answer(json!(key)),
        _ => Reading::Nothing,
    }
}

fn skips(turn: &Turn) -> bool {
    let line = normalize::line(&turn.text);
    let short = line.split(' ').count() <= 4;
    short
        && (["lewati", "lewat", "skip", "lanjut", "nanti", "kosongkan", "rahasia"]
            .iter()
            .any(|word| line == *word || line.starts_with(&format!("{word} ")))
            || reading::does_not_know(turn))
}

/// Greetings, thanks and a bare yes or no are no answer to an open question.
fn free_text(turn: &Turn) -> Option<Value> {
    let chatter =
        matches!(turn.understood.intent, Some(Intent::Confirm | Intent::Deny | Intent::Greeting | Intent::Thanks));
    let line = normalize::line(&turn.text);
    let bare = ["ya", "iya", "tidak", "ok", "oke"].contains(&line.as_str());
    let empty = bare || chatter && line.split(' ').count() <= 4;
    (!empty).then(|| json!(turn.text.trim().chars().take(LONGEST).collect::<String>()))
}

/// Whole numbers without a point.
fn tidy(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a whole number in range")]
    let whole = number as i64;
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(whole) } else { json!(number) }
}

fn yes_or_no(turn: &Turn) -> Option<Value> {
    let line = normalize::line(&turn.text);
    let first = line.split(' ').next().unwrap_or_default();
    if ["tidak", "belum", "bukan", "no", "not", "tak", "jangan"].contains(&first) {
        return Some(json!(false));
    }
    let yes = ["ada", "sudah", "ya", "iya", "betul", "benar", "masih", "yes"].contains(&first) || reading::yes(turn);
    yes.then_some(Value::Bool(true))
}

/// The choice that a text means: its label, its place in the list, or the only one whose label it names.
fn choice(field: &CategoryField, text: &str) -> Option<String> {
    let line = normalize::line(text);
    let exact = field.choices.iter().find(|choice| {
        let label = normalize::line(&choice.label);
        label == line || normalize::line(&choice.key) == line
    });
    if let Some(choice) = exact {
        return Some(choice.key.clone());
    }
    if let Ok(place) = text.trim().trim_end_matches('.').parse::<usize>() {
        return field.choices.get(place.checked_sub(1)?).map(|choice| choice.key.clone());
    }
    let within = |choice: &&contracts::category::FieldChoice| {
        let label = normalize::line(&choice.label);
        words_within(&line, &label) || line.chars().count() >= 4 && words_within(&label, &line)
    };
    let mut found = field.choices.iter().filter(within);
    let only = found.next()?;
    found.next().is_none().then(|| only.key.clone())
}

fn words_within(text: &str, words: &str) -> bool {
    !words.is_empty() && format!(" {text} ").contains(&format!(" {words} "))
}

/// The choice that the first words name already, when exactly one label of some length stands in them.
pub fn named_choice(field: &CategoryField, text: &str) -> Option<String> {
    if field.kind != FieldKind::Choice {
        return None;
    }
    let line = normalize::line(text);
    let mut found = field.choices.iter().filter(|choice| {
        let label = normalize::line(&choice.label);
        label.chars().count() >= 5 && words_within(&line, &label)
    });
    let only = found.next()?;
    found.next().is_none().then(|| only.key.clone())
}
