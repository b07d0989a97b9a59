//! FAQ entries: what staff write for the assistant, a question and its answer each; and trying out what it would answer.
//!
//! An entry is a document of kind `faq` (see [`crate::documents`]) with a row of its own beside it. Saving one writes both
//! and has the new text read, in one transaction. What must stay true: whoever saves has seen the version that they
//! change.

pub mod ask;
pub mod change;
pub mod form;
pub mod http;
pub mod internal;
pub mod page;
pub mod store;

use chrono::{DateTime, Utc};
use contracts::{DocumentId, OfficeId};
use serde::{Deserialize, Serialize};

use crate::documents::Status;
use crate::documents::refusal::{Flaw, Refusal};

/// The longest question, as the table has it.
pub const LONGEST_QUESTION: usize = 300;
/// The longest answer, as the table has it.
pub const LONGEST_ANSWER: usize = 4_000;
const LONGEST_CATEGORY: usize = 60;

/// An entry with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub document_id: DocumentId,
    pub office_id: OfficeId,
    pub question: String,
    pub answer: String,
    pub kategori: Option<String>,
    pub shared: bool,
    pub version: i64,
    pub status: Status,
    pub reason: Option<String>,
    pub updated_by: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What staff write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub question: String,
    pub answer: String,
    pub kategori: Option<String>,
    pub shared: bool,
}

impl Text {
    /// The text as it is kept, or every bad field.
    pub fn checked(self) -> Result<Self, Refusal> {
        let question = self.question.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "");
        let answer = self.answer.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
        let kategori = self.kategori.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
        let mut flaws = Vec::new();
        let mut between = |field, text: &str, most: usize, name: &str| {
            let count = text.chars().count();
            if count == 0 {
                flaws.push(Flaw::new(field, "must not be empty", format!("{name} belum diisi.")));
            } else if count > most {
                let said = format!(
                    "{name} terlalu panjang: {count} karakter, paling banyak {most}. Ringkas, atau pecah menjadi beberapa entri."
                );
                flaws.push(Flaw::new(field, format!("must have at most {most} characters"), said));
            }
        };
        between("question", &question, LONGEST_QUESTION, "Pertanyaan");
        between("answer", &answer, LONGEST_ANSWER, "Jawaban");
        if let Some(word) = &kategori {
            between("kategori", word, LONGEST_CATEGORY, "Kategori");
        }
        if flaws.is_empty() {
            Ok(Self { question, answer, kategori, shared: self.shared })
        } else {
            Err(Refusal::Flawed(flaws))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(question: &str, answer: &str) -> Text {
        Text { question: question.to_owned(), answer: answer.to_owned(), ..Text::default() }
    }

    #[test]
    fn a_text_is_tidied_and_keeps_its_lines() {
        let checked = text("  Jam  buka?\n", "Senin–Kamis 08.00\r\nJumat 08.00\0 ").checked().expect("good");
        assert_eq!(checked.question, "Jam buka?");
        assert_eq!(checked.answer, "Senin–Kamis 08.00\nJumat 08.00");
    }

    #[test]
    fn every_bad_field_is_named() {
        let Err(Refusal::Flawed(flaws)) = text(" ", &"é".repeat(LONGEST_ANSWER + 1)).checked() else {
            panic!("must be refused")
        };
        assert_eq!(flaws.iter().map(|flaw| flaw.field).collect::<Vec<_>>(), ["question", "answer"]);
        assert!(flaws[1].said.contains("Ringkas"), "{}", flaws[1].said);
        assert!(text(&"é".repeat(LONGEST_QUESTION), "ya").checked().is_ok());
    }
}
