//! The words around what a category asks beside description and place.

use contracts::category::{CategoryField, FieldKind};
use contracts::message::{Button, List, Reply};
use serde_json::Value;

use super::{Voice, button, clipped, row, table};
use crate::dialogue::Draft;

/// The id behind a tap that answers a field; `-` skips it.
fn id(field: &CategoryField, value: &str) -> String {
    format!("isi:{}:{value}", field.field)
}

/// The office's question, with what may be chosen.
pub fn ask_extra(voice: Voice<'_>, field: &CategoryField) -> Reply {
    let hint = match field.kind {
        FieldKind::Number => Some(&table::HINT_NUMBER),
        FieldKind::Date => Some(&table::HINT_DATE),
        FieldKind::Choice => Some(&table::HINT_CHOICE),
        FieldKind::Text | FieldKind::YesNo => None,
    };
    let mut hints: Vec<String> = hint.map(|hint| voice.say(hint)).into_iter().collect();
    if !field.required {
        hints.push(voice.say(&table::HINT_OPTIONAL));
    }
    let text =
        voice.with(&table::ASK_FIELD, [("pertanyaan", clipped(&field.question, 500)), ("petunjuk", hints.join(" "))]);
    let skip = (!field.required).then(|| button(id(field, "-"), &voice.pick("Lewati", "Skip")));
    let mut reply = Reply { text, ..Reply::default() };
    match field.kind {
        FieldKind::YesNo => {
            reply.buttons = vec![
                button(id(field, "ya"), &voice.pick("Ya", "Yes")),
                button(id(field, "tidak"), &voice.pick("Tidak", "No")),
            ];
        }
        FieldKind::Choice => return choices(voice, field, reply, skip),
        FieldKind::Text | FieldKind::Number | FieldKind::Date => {}
    }
    reply.buttons.extend(skip);
    reply
}

/// Few short choices are buttons, more or longer ones a list.
fn choices(voice: Voice<'_>, field: &CategoryField, mut reply: Reply, skip: Option<Button>) -> Reply {
    let room = 3 - usize::from(skip.is_some());
    let short = field.choices.iter().all(|choice| choice.label.chars().count() <= 20);
    if field.choices.len() <= room && short {
        reply.buttons = field.choices.iter().map(|choice| button(id(field, &choice.key), &choice.label)).collect();
        reply.buttons.extend(skip);
        return reply;
    }
    let room = 10 - usize::from(skip.is_some());
    let mut rows: Vec<_> =
        field.choices.iter().take(room).map(|choice| row(id(field, &choice.key), &choice.label, None)).collect();
    rows.extend(skip.map(|skip| row(skip.id, &skip.title, None)));
    reply.list = Some(List { button: voice.pick("Pilih", "Choose"), rows });
    reply
}

/// What was answered, one line each.
pub fn shown_extras(voice: Voice<'_>, draft: &Draft) -> Vec<String> {
    let line = |field: &CategoryField| {
        let value = draft.fields.get(&field.field)?;
        let question = field.question.trim_end_matches(['?', ' ', ':']);
        Some(format!("*{}:* {}", clipped(question, 40), clipped(&said(voice, field, value), 80)))
    };
    draft.asks.iter().filter_map(line).collect()
}

fn said(voice: Voice<'_>, field: &CategoryField, value: &Value) -> String {
    match value {
        Value::Bool(yes) => voice.pick(if *yes { "Ya" } else { "Tidak" }, if *yes { "Yes" } else { "No" }),
        Value::String(text) => match field.choices.iter().find(|choice| choice.key == *text) {
            Some(choice) => choice.label.clone(),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}
