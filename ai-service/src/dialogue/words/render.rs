//! Putting variables into texts, and an office's own texts checked before anybody hears them.
//!
//! What must stay true: a text of an office that does not work never silences the assistant: ours speaks instead.

use std::collections::BTreeMap;

use contracts::office::OfficeSettings;
use minijinja::{Environment, UndefinedBehavior};

use super::table::{self, Text};

/// Steps that rendering may take; an ordinary text takes some dozens.
const FUEL: u64 = 20_000;
/// The longest text that an office may write: with what is put in it must fit beside buttons.
const LONGEST: usize = 900;

/// An office's own texts, by key. All of them work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, String>);

/// An office's text that is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub key: String,
    pub why: String,
}

impl Texts {
    /// Takes what works, and names what does not.
    pub fn of(settings: &OfficeSettings) -> (Self, Vec<Broken>) {
        let mut texts = BTreeMap::new();
        let mut broken = Vec::new();
        let greeting = settings.greeting.iter().map(|text| (table::GREETING.key.to_owned(), text.clone()));
        for (key, text) in greeting.chain(settings.bot_texts.clone()) {
            let base = key.strip_suffix(".en").unwrap_or(&key);
            let known = table::ALL.iter().find(|known| known.key == base);
            match known.ok_or_else(|| "there is no text of this key".to_owned()).and_then(|known| check(known, &text)) {
                Ok(()) => {
                    texts.insert(key, text);
                }
                Err(why) => broken.push(Broken { key, why }),
            }
        }
        (Self(texts), broken)
    }

    /// The text with the variables in it, in the office's words if it has its own.
    pub(super) fn render(&self, english: bool, text: &Text, given: &BTreeMap<&str, String>) -> String {
        let own = if english { self.0.get(&format!("{}.en", text.key)) } else { self.0.get(text.key) };
        let ours = if english { text.english } else { text.indonesian };
        own.and_then(|own| put_in(own, given).ok()).or_else(|| put_in(ours, given).ok()).unwrap_or_default()
    }
}

/// Tries a text with every variable given, and with every variable empty.
fn check(known: &Text, text: &str) -> Result<(), String> {
    if text.chars().count() > LONGEST {
        return Err(format!("is longer than {LONGEST} characters"));
    }
    for value in ["x", ""] {
        let given = known.variables.iter().map(|name| (*name, value.to_owned())).collect();
        let rendered = put_in(text, &given)?;
        if value == "x" && rendered.is_empty() {
            return Err("says nothing".to_owned());
        }
    }
    Ok(())
}

fn put_in(text: &str, given: &BTreeMap<&str, String>) -> Result<String, String> {
    // Empty: no functions, no other templates, and nothing is escaped for HTML.
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    let rendered = environment.render_str(text, given).map_err(|error| error.to_string())?;
    Ok(rendered.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> OfficeSettings {
        let bot_texts = pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        OfficeSettings { bot_texts, ..OfficeSettings::default() }
    }

    #[test]
    fn every_text_works_in_both_languages_and_fits() {
        for text in table::ALL {
            for words in [text.indonesian, text.english] {
                assert!(check(text, words).is_ok(), "{}: {:?}", text.key, check(text, words));
            }
        }
        let mut keys: Vec<_> = table::ALL.iter().map(|text| text.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), table::ALL.len(), "a key stands twice");
    }

    #[test]
    fn an_offices_words_replace_ours_and_broken_ones_do_not() {
        let (texts, broken) = Texts::of(&settings(&[
            ("welcome", "Sami-sami, wargi {{ 1 + 1 }}"),
            ("created", "Nomor {{ nomer }}"),
            ("dropped", "{% if"),
            ("no_such_key", "x"),
            ("what_next.en", "Anything more?"),
        ]));
        let broken: Vec<&str> = broken.iter().map(|broken| broken.key.as_str()).collect();
        assert_eq!(broken, ["created", "dropped", "no_such_key"]);
        let none = BTreeMap::new();
        assert_eq!(texts.render(false, &table::WELCOME, &none), "Sami-sami, wargi 2");
        assert_eq!(texts.render(true, &table::WELCOME, &none), table::WELCOME.english);
        assert_eq!(texts.render(true, &table::WHAT_NEXT, &none), "Anything more?");
        assert_eq!(texts.render(false, &table::DROPPED, &none), table::DROPPED.indonesian);
    }

    #[test]
    fn what_a_citizen_wrote_is_no_template() {
        let given = BTreeMap::from([("laporan", "{{ kantor }} {% if".to_owned())]);
        assert!(Texts::default().render(false, &table::NEXT_ONE, &given).contains("{{ kantor }} {% if"));
    }

    #[test]
    fn the_list_of_texts_in_the_documentation_is_whole() {
        let page = include_str!("../../../../docs/bot-texts.md");
        for text in table::ALL {
            let variables: Vec<String> = text.variables.iter().map(|name| format!("`{name}`")).collect();
            let row = format!("| `{}` | {} |", text.key, variables.join(", "));
            assert!(page.contains(&row), "docs/bot-texts.md lacks: {row}");
        }
    }
}
