//! The search over passages in memory: for evaluations, which need no database.
//!
//! The same terms, vectors and judgement as in the database; every passage is a candidate.

use super::passage::{self, Indexed};
use super::rank::{self, Candidate, Rarity};
use super::words;
use crate::embedding::{builtin, cosine};

/// A passage to search for.
#[derive(Debug, Clone)]
pub struct Text {
    pub id: String,
    pub title: String,
    pub heading: Option<String>,
    pub question: Option<String>,
    pub content: String,
}

/// Passages, indexed.
#[derive(Debug)]
pub struct Memory {
    passages: Vec<(Text, Indexed)>,
    rarity: Rarity,
}

/// One of the results: which passage, how good, and what the judgement went by.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    pub id: &'a str,
    pub score: f64,
    pub figures: [f64; rank::FIGURES],
}

impl Memory {
    /// Indexes them.
    pub fn new(texts: Vec<Text>) -> Self {
        let passages: Vec<(Text, Indexed)> = texts
            .into_iter()
            .map(|text| {
                let indexed =
                    passage::index(&text.title, text.heading.as_deref(), text.question.as_deref(), &text.content);
                (text, indexed)
            })
            .collect();
        let mut rarity =
            Rarity { passages: f64::from(u32::try_from(passages.len()).unwrap_or(u32::MAX)), ..Rarity::default() };
        for term in passages.iter().flat_map(|(_, indexed)| &indexed.terms) {
            *rarity.with_term.entry(term.clone()).or_default() += 1.0;
        }
        Self { passages, rarity }
    }

    /// All passages, the best first.
    pub fn search(&self, query: &str) -> Vec<Hit<'_>> {
        let asked = words::asked(query);
        let vector = builtin::embed_question(&asked);
        let mut hits: Vec<Hit<'_>> = self
            .passages
            .iter()
            .map(|(text, indexed)| {
                let label = text
                    .question
                    .clone()
                    .unwrap_or_else(|| format!("{} {}", text.title, text.heading.as_deref().unwrap_or_default()));
                let candidate = Candidate {
                    terms: &indexed.terms,
                    weights: &indexed.weights,
                    label: &label,
                    asks: text.question.is_some(),
                    cosine: f64::from(cosine(&vector, &indexed.vector)),
                };
                let figures = rank::figures(&asked, &self.rarity, &candidate);
                Hit { id: &text.id, score: rank::score(&asked, &self.rarity, &candidate), figures }
            })
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(b.id)));
        hits
    }
}
