//! What a citizen answered to a category's questions, held against what was asked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contracts::category::{CategoryField, FieldKind};
use serde_json::Value;

use crate::complaints::draft::Checker;

/// The longest answer, in characters.
const LONGEST: usize = 500;

/// Notes every answer that does not fit its question, and every required one that is missing.
pub fn check(asked: &[CategoryField], given: &BTreeMap<String, Value>, check: &mut Checker) {
    check_given(asked, given, check);
    for field in asked.iter().filter(|field| field.required && !given.contains_key(&field.field)) {
        check.refuse(format!("fields.{}", field.field), "is required in this category");
    }
}

/// Notes every answer that does not fit its question.
pub fn check_given(asked: &[CategoryField], given: &BTreeMap<String, Value>, check: &mut Checker) {
    for (name, answer) in given {
        match asked.iter().find(|field| field.field == *name) {
            None => check.refuse(format!("fields.{name}"), "is not asked in this category"),
            Some(field) => {
                if let Err(problem) = fits(field, answer) {
                    check.refuse(format!("fields.{name}"), problem);
                }
            }
        }
    }
}

fn fits(field: &CategoryField, answer: &Value) -> Result<(), String> {
    match (field.kind, answer) {
        (FieldKind::Text, Value::String(text)) => {
            let length = text.chars().count();
            if text.trim().is_empty() || length > LONGEST || text.contains('\0') {
                return Err(format!("must have 1 to {LONGEST} characters, none of them NUL"));
            }
            Ok(())
        }
        (FieldKind::Number, Value::Number(_)) | (FieldKind::YesNo, Value::Bool(_)) => Ok(()),
        (FieldKind::Date, Value::String(text)) if text.parse::<NaiveDate>().is_ok() => Ok(()),
        (FieldKind::Choice, Value::String(key)) if field.choices.iter().any(|choice| choice.key == *key) => Ok(()),
        (FieldKind::Text, _) => Err("must be a text".to_owned()),
        (FieldKind::Number, _) => Err("must be a number".to_owned()),
        (FieldKind::YesNo, _) => Err("must be true or false".to_owned()),
        (FieldKind::Date, _) => Err("must be a date, YYYY-MM-DD".to_owned()),
        (FieldKind::Choice, _) => {
            let keys: Vec<_> = field.choices.iter().map(|choice| choice.key.as_str()).collect();
            Err(format!("must be one of {}", keys.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::category::FieldChoice;
    use serde_json::json;

    use super::*;

    fn field(name: &str, kind: FieldKind, required: bool) -> CategoryField {
        let choices = if kind == FieldKind::Choice {
            vec![FieldChoice { key: "pln".to_owned(), label: "PLN".to_owned() }]
        } else {
            Vec::new()
        };
        CategoryField { field: name.to_owned(), question: "?".to_owned(), kind, choices, required }
    }

    fn problems(given: &Value) -> Vec<String> {
        let asked = [
            field("a", FieldKind::Text, true),
            field("b", FieldKind::Number, false),
            field("c", FieldKind::Date, false),
            field("d", FieldKind::Choice, false),
            field("e", FieldKind::YesNo, false),
        ];
        let given = serde_json::from_value(given.clone()).expect("fields");
        let mut checker = Checker::default();
        check(&asked, &given, &mut checker);
        checker.finish().into_iter().map(|(field, _)| field.into_owned()).collect()
    }

    #[test]
    fn answers_fit_their_questions_or_are_named() {
        let none: [&str; 0] = [];
        assert_eq!(problems(&json!({"a": "x", "b": 1.5, "c": "2026-11-20", "d": "pln", "e": false})), none);
        assert_eq!(
            problems(&json!({"a": " ", "b": "1", "c": "20/11/2026", "d": "x", "e": "ya", "f": 1})),
            ["fields.a", "fields.b", "fields.c", "fields.d", "fields.e", "fields.f"]
        );
        assert_eq!(problems(&json!({})), ["fields.a"]);
    }
}
