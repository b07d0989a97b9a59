//! What the office's documents say to a turn's question, looked up before any lock is held.
//!
//! Called by whoever brings a turn. The search only reads. What must stay true: an answer comes from passages, in the
//! passage's own words or in a model's that were checked against them (`providers::phrase`); when the documents do not
//! answer, that is said.

use std::time::Duration;

use contracts::intent::Intent;

use crate::App;
use crate::dialogue::Turn;
use crate::dialogue::facts::Knowledge;
use crate::knowledge::{self, Found};
use crate::privacy::names::Whose;
use crate::providers::phrase::{self, Question};
use crate::understanding::Language;

/// Passages that are looked at.
const PASSAGES: usize = 3;

/// Looks the turn's question up, if it is one.
pub async fn look_up(app: &App, whose: Whose<'_>, turn: &Turn, patience: Duration) -> Result<Knowledge, sqlx::Error> {
    if !is_question(turn) {
        return Ok(Knowledge::NotAsked);
    }
    let kategori = turn.understood.entities.kategori.as_ref();
    let found = knowledge::search(app, whose.office, &turn.text, kategori, PASSAGES).await?;
    let Some(best) = found.results.first().filter(|_| found.answerable) else { return Ok(Knowledge::Unanswerable) };
    let cited = cited(&best.chunk.title, best.chunk.page, best.chunk.version);
    let answer = phrased(app, whose, turn, &found, patience).await.unwrap_or_else(|| best.answer.clone());
    Ok(Knowledge::Found { answer, cited, sources: found.sources() })
}

/// Words that ask, or that nothing else explains.
fn is_question(turn: &Turn) -> bool {
    let understood = &turn.understood;
    if turn.choice().is_some() || !turn.has_words() {
        return false;
    }
    let asks = turn.text.contains('?');
    match understood.intent {
        Some(Intent::KnowledgeQuery) => true,
        Some(Intent::OutOfScope | Intent::CheckStatus | Intent::CreateComplaint) => asks,
        None => asks || matches!(understood.guess, Intent::KnowledgeQuery | Intent::OutOfScope),
        Some(_) => false,
    }
}

/// A model's wording of the passages, when there is a model and what it says stands in them.
async fn phrased(app: &App, whose: Whose<'_>, turn: &Turn, found: &Found, patience: Duration) -> Option<String> {
    let passages =
        found.results.iter().map(|passage| (passage.chunk.title.as_str(), passage.chunk.content.as_str())).collect();
    let english = turn.understood.language == Language::English;
    let question = Question { text: &turn.text, passages, english, names: Vec::new() };
    phrase::for_citizen(app, whose, &question, patience).await.map(|answered| answered.value)
}

/// Document, page and version, as a citizen is told.
fn cited(title: &str, page: Option<i32>, version: i64) -> String {
    let page = page.map(|page| format!(", hal. {page}")).unwrap_or_default();
    format!("{}{page} (versi {version})", title.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_with_page_and_version() {
        assert_eq!(cited(" Perda Kebersihan ", Some(3), 2), "Perda Kebersihan, hal. 3 (versi 2)");
        assert_eq!(cited("FAQ KTP", None, 1), "FAQ KTP (versi 1)");
    }
}
