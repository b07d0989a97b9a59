//! Every word that the assistant says: Indonesian, and English for citizens who write English.
//!
//! Short, warm, polite; WhatsApp's formatting (*bold*). The texts stand in [`table`] and can be an office's own
//! ([`render`]); here they get their variables and their choices. What must stay true: nothing is promised that has not
//! happened, no number, date or fee is made up, and everything fits WhatsApp's limits.

mod complaint;
mod fields;
mod people;
pub mod render;
mod status;
pub mod table;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::message::{Button, ListRow, Reply};

use super::Facts;
pub use complaint::*;
pub use fields::*;
pub use people::*;
pub use render::Texts;
pub use status::*;
use table::Text;

/// In which language and in whose words to speak.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    pub english: bool,
    pub texts: &'a Texts,
}

impl Voice<'_> {
    /// A text without variables.
    pub fn say(&self, text: &Text) -> String {
        self.with(text, [])
    }

    /// A text with its variables.
    pub fn with<const N: usize>(&self, text: &Text, given: [(&'static str, String); N]) -> String {
        self.texts.render(self.english, text, &BTreeMap::from(given))
    }

    /// One of two words that are no office's own.
    pub fn pick(&self, indonesian: &str, english: &str) -> String {
        if self.english { english } else { indonesian }.to_owned()
    }
}

/// The longest text beside buttons, a list or a location request, and the longest alone.
const LONGEST_WITH_CHOICES: usize = 1_024;
const LONGEST: usize = 4_096;

pub(super) fn button(id: impl Into<String>, title: &str) -> Button {
    Button { id: id.into(), title: clipped(title, 20) }
}

pub(super) fn row(id: String, title: &str, description: Option<&str>) -> ListRow {
    let whole = title.chars().count() <= 24;
    let description = description.or((!whole).then_some(title)).filter(|text| !text.is_empty());
    ListRow { id, title: clipped(title, 24), description: description.map(|text| clipped(text, 72)) }
}

pub(super) fn with_buttons(text: String, buttons: Vec<Button>) -> Reply {
    Reply { text, buttons, ..Reply::default() }
}

/// At most so many characters, with an ellipsis where something was cut.
pub fn clipped(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// The reply as WhatsApp takes it: what is too long loses its middle, never the question at its end.
pub fn fitted(mut reply: Reply) -> Reply {
    const END: usize = 300;
    let choices = !reply.buttons.is_empty() || reply.list.is_some() || reply.request_location;
    let most = if choices { LONGEST_WITH_CHOICES } else { LONGEST };
    let length = reply.text.chars().count();
    if length > most {
        let head: String = reply.text.chars().take(most - END - 3).collect();
        let tail: String = reply.text.chars().skip(length - END).collect();
        reply.text = format!("{}…\n\n{}", head.trim_end(), tail.trim_start());
    }
    reply
}

pub(super) fn menu(voice: Voice<'_>) -> Vec<Button> {
    vec![
        button("lapor", &voice.pick("Buat laporan", "Make a report")),
        button("status", &voice.pick("Cek status", "Check status")),
        officer(voice),
    ]
}

/// The button that calls a person.
pub(super) fn officer(voice: Voice<'_>) -> Button {
    button("petugas", &voice.pick("Bicara petugas", "Talk to an officer"))
}

/// One text, then the question that was open, with its choices.
pub fn then_back(first: &str, question: &Reply) -> Reply {
    Reply { text: format!("{first}\n\n{}", question.text), ..question.clone() }
}

fn salutation(voice: Voice<'_>, hour: u32, text: &str) -> String {
    let low = text.to_lowercase();
    if low.contains("assalam") || low.contains("asalamu") {
        return "Waalaikumsalam.".to_owned();
    }
    let (indonesian, in_english) = match hour {
        4..=10 => ("Selamat pagi.", "Good morning."),
        11..=14 => ("Selamat siang.", "Good afternoon."),
        15..=17 => ("Selamat sore.", "Good afternoon."),
        _ => ("Selamat malam.", "Good evening."),
    };
    voice.pick(indonesian, in_english)
}

/// The first words.
pub fn greeting(voice: Voice<'_>, facts: &Facts, text: &str) -> Reply {
    let salam = salutation(voice, facts.hour(), text);
    let text = voice.with(&table::GREETING, [("salam", salam), ("kantor", facts.office_name.clone())]);
    with_buttons(text, menu(voice))
}

/// A greeting in the middle of something.
pub fn short_greeting(voice: Voice<'_>, facts: &Facts, text: &str) -> String {
    salutation(voice, facts.hour(), text)
}

/// A text with the menu below it.
pub fn with_menu(voice: Voice<'_>, text: &Text) -> Reply {
    with_buttons(voice.say(text), menu(voice))
}

/// What the office's documents say, with where it stands; then, if it helps, the way to a person.
pub fn knowledge(voice: Voice<'_>, answer: &str, source: &str) -> String {
    voice.with(&table::KNOWLEDGE, [("jawaban", answer.to_owned()), ("sumber", source.to_owned())])
}

/// Honest: nothing is known, a person may know.
pub fn not_known(voice: Voice<'_>) -> Reply {
    with_buttons(voice.say(&table::NOT_KNOWN), vec![officer(voice), menu(voice).remove(0)])
}

/// Indonesia writes the day first.
pub(super) fn day(time: DateTime<Utc>) -> String {
    platform::clock::jakarta(time).format("%d-%m-%Y").to_string()
}
