//! What an office may write as a category: names, times, and questions that fit a chat. Every bad field is named.

use std::collections::BTreeSet;

use contracts::category::{CategoryField, FieldKind, Sla, SlaUnit};

use crate::complaints::draft::FieldErrors;

/// Longer names don't fit a row of a list in the chat.
const LONGEST_NAME: usize = 60;
/// A question is one short message.
const LONGEST_QUESTION: usize = 300;
/// A row of a list in the chat holds no more.
const LONGEST_LABEL: usize = 24;
/// A list in the chat has ten rows, and one of them lets the citizen skip the question.
const MOST_CHOICES: usize = 9;
/// Nobody answers more questions than this about one complaint.
const MOST_FIELDS: usize = 8;
/// A year of working days; in hours, the same at eight hours a day.
const MOST_DAYS: i32 = 366;
const MOST_HOURS: i32 = MOST_DAYS;

/// What is wrong with a category, field by field.
pub fn check(name: &str, sla: Sla, fields: &[CategoryField]) -> FieldErrors {
    let mut errors = FieldErrors::new();
    let mut refuse = |field: String, message: String| errors.push((field.into(), message));
    let length = name.trim().chars().count();
    if length == 0 || length > LONGEST_NAME {
        refuse("name".to_owned(), format!("must have 1 to {LONGEST_NAME} characters"));
    }
    let most = match sla.unit {
        SlaUnit::WorkingDays => MOST_DAYS,
        SlaUnit::WorkingHours => MOST_HOURS,
    };
    if !(1..=most).contains(&sla.amount) {
        refuse("sla.amount".to_owned(), format!("must be between 1 and {most}"));
    }
    if fields.len() > MOST_FIELDS {
        refuse("fields".to_owned(), format!("has {} questions; {MOST_FIELDS} fit", fields.len()));
    }
    let mut names = BTreeSet::new();
    for (n, field) in fields.iter().enumerate() {
        let mut refuse = |part: &str, message: String| refuse(format!("fields[{n}].{part}"), message);
        if !is_key(&field.field) {
            refuse("field", "must be 1 to 40 of a-z, 0-9 and _".to_owned());
        }
        if !names.insert(&field.field) {
            refuse("field", "stands there twice".to_owned());
        }
        let length = field.question.trim().chars().count();
        if length == 0 || length > LONGEST_QUESTION {
            refuse("question", format!("must have 1 to {LONGEST_QUESTION} characters"));
        }
        for problem in choices(field) {
            refuse("choices", problem);
        }
    }
    errors
}

fn choices(field: &CategoryField) -> Vec<String> {
    let mut problems = Vec::new();
    if field.kind != FieldKind::Choice {
        if !field.choices.is_empty() {
            problems.push("belong to a field of kind choice".to_owned());
        }
        return problems;
    }
    if !(2..=MOST_CHOICES).contains(&field.choices.len()) {
        problems.push(format!("must be 2 to {MOST_CHOICES}"));
    }
    let mut keys = BTreeSet::new();
    for choice in &field.choices {
        let length = choice.label.trim().chars().count();
        if !is_key(&choice.key) {
            problems.push(format!("the key {:?} must be 1 to 40 of a-z, 0-9 and _", choice.key));
        } else if !keys.insert(&choice.key) {
            problems.push(format!("the key {:?} stands there twice", choice.key));
        }
        if length == 0 || length > LONGEST_LABEL {
            problems.push(format!("the label {:?} must have 1 to {LONGEST_LABEL} characters", choice.label));
        }
    }
    problems
}

/// Whether a text may be a category's or a field's key.
pub fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use contracts::category::FieldChoice;

    use super::*;

    #[test]
    fn every_bad_part_of_a_category_is_named() {
        let field = CategoryField {
            field: "Tinggi Air".to_owned(),
            question: " ".to_owned(),
            kind: FieldKind::Choice,
            choices: vec![FieldChoice { key: "a".to_owned(), label: "x".repeat(25) }],
            required: true,
        };
        let errors = check("", Sla { amount: 0, unit: SlaUnit::WorkingHours }, &[field.clone(), field]);
        let named: Vec<_> = errors.iter().map(|(field, _)| field.as_ref()).collect();
        assert_eq!(
            named,
            [
                "name",
                "sla.amount",
                "fields[0].field",
                "fields[0].question",
                "fields[0].choices",
                "fields[0].choices",
                "fields[1].field",
                "fields[1].field",
                "fields[1].question",
                "fields[1].choices",
                "fields[1].choices",
            ]
        );
    }
}
