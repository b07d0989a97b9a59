//! A passage as it is indexed: its terms with their weights, and its vector.

use std::collections::BTreeMap;

use super::words;
use crate::embedding::builtin;

/// BM25's constants, from its authors.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Terms of an average passage. Fixed, so that a weight does not depend on what else there is.
const AVERAGE: f32 = 80.0;
/// A term of the question that an entry answers counts as often.
const QUESTION: f32 = 3.0;
/// A term of the title or a heading.
const HEADING: f32 = 1.5;

/// What the index keeps of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Indexed {
    pub terms: Vec<String>,
    pub weights: Vec<f32>,
    pub vector: Vec<f32>,
}

/// Indexes a passage; `content` of one that answers a question may begin with it.
pub fn index(title: &str, heading: Option<&str>, question: Option<&str>, content: &str) -> Indexed {
    let body = question.and_then(|question| content.strip_prefix(question)).unwrap_or(content);
    let heading = heading.unwrap_or_default();
    let mut counts: BTreeMap<String, f32> = BTreeMap::new();
    let mut length = 0.0;
    let parts = [
        (question.unwrap_or_default(), QUESTION),
        (if question.is_some() { "" } else { title }, HEADING),
        (heading, HEADING),
        (body, 1.0),
    ];
    for (text, weight) in parts {
        for term in words::terms(text) {
            *counts.entry(term).or_default() += weight;
            length += 1.0;
        }
    }
    let usual = K1 * (1.0 - B + B * length / AVERAGE);
    let (terms, weights) = counts.into_iter().map(|(term, count)| (term, count * (K1 + 1.0) / (count + usual))).unzip();
    let vector = match question {
        Some(question) => builtin::embed_parts(&[(question, 0.7), (body, 0.3)]),
        None => builtin::embed_parts(&[(title, 0.2), (heading, 0.25), (body, 0.65)]),
    };
    Indexed { terms, weights, vector }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_weighs_more_than_the_answer_and_terms_are_distinct() {
        let indexed = index("FAQ", None, Some("Syarat KTP?"), "Syarat KTP?\nBawa KK. Fotokopi KK dua lembar.");
        let weight =
            |term: &str| indexed.terms.iter().position(|t| t == term).map(|n| indexed.weights[n]).unwrap_or_default();
        assert!(weight("ktp") > weight("kk"), "{indexed:?}");
        assert!(weight("kk") > weight("fotokopi"));
        let distinct: std::collections::HashSet<_> = indexed.terms.iter().collect();
        assert_eq!(distinct.len(), indexed.terms.len());
    }
}
