//! How well a passage answers a question, as a probability.
//!
//! Lists of candidates come from the database (or, in an evaluation, from memory); this judges each of them by the same
//! figures. Pure. The weights were fitted on the development half of `eval/faq` (`calibrate`), never on the test half.

use std::collections::HashMap;

use super::words::{self, Asked};

/// How many passages have a term, of how many.
#[derive(Debug, Clone, Default)]
pub struct Rarity {
    pub passages: f64,
    pub with_term: HashMap<String, f64>,
}

impl Rarity {
    /// BM25's idf: what a match of the term is worth.
    pub fn of(&self, term: &str) -> f64 {
        let with = self.with_term.get(term).copied().unwrap_or(0.0);
        // A small office has few passages; a term in one of ten is not less rare than in one of a thousand.
        let passages = self.passages.max(200.0);
        (1.0 + (passages - with + 0.5).max(0.0) / (with + 0.5)).ln()
    }

    fn unseen(&self) -> f64 {
        self.of("")
    }
}

/// What is known of a passage that may answer.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Its distinct terms and their weights.
    pub terms: &'a [String],
    pub weights: &'a [f32],
    /// The question that it answers, or its title and headings.
    pub label: &'a str,
    /// The label is a question.
    pub asks: bool,
    /// The cosine of its vector and the question's.
    pub cosine: f64,
}

/// How many figures a judgement is made of.
pub const FIGURES: usize = 8;

/// Fitted: a constant, then one weight per figure; for entries that answer a question, and for passages of documents,
/// whose label says less.
const OF_ENTRIES: [f64; FIGURES + 1] = [-5.694, 2.601, -0.420, 5.036, 4.094, 1.415, 0.516, 1.023, -1.136];
const OF_PASSAGES: [f64; FIGURES + 1] = [-4.319, 1.755, -0.743, 1.753, 4.458, 2.571, 0.279, -0.214, 0.000];

/// From this probability on the first passage is an answer.
pub const ANSWERABLE: f64 = 0.5;

/// The probability that the passage answers the question.
pub fn score(asked: &[Asked], rarity: &Rarity, candidate: &Candidate<'_>) -> f64 {
    probability(&figures(asked, rarity, candidate), if candidate.asks { &OF_ENTRIES } else { &OF_PASSAGES })
}

/// The logistic function of the weighted figures.
pub fn probability(figures: &[f64; FIGURES], weights: &[f64; FIGURES + 1]) -> f64 {
    let sum = weights[0] + figures.iter().zip(&weights[1..]).map(|(x, w)| x * w).sum::<f64>();
    1.0 / (1.0 + (-sum).exp())
}

/// What the judgement goes by, each between 0 and 1.
pub fn figures(asked: &[Asked], rarity: &Rarity, candidate: &Candidate<'_>) -> [f64; FIGURES] {
    if asked.is_empty() {
        return [0.0; FIGURES];
    }
    let passage: HashMap<&str, f32> =
        candidate.terms.iter().map(String::as_str).zip(candidate.weights.iter().copied()).collect();
    let label_terms = words::terms(candidate.label);
    let label: HashMap<&str, f32> = label_terms.iter().map(|term| (term.as_str(), 1.0)).collect();

    let (mut all, mut in_passage, mut in_label, mut bm25, mut most_missed, mut unknown) =
        (0.0, 0.0, 0.0, 0.0, 0.0_f64, 0.0);
    let mut said: HashMap<&str, f64> = HashMap::new();
    for one in asked {
        let worth = worth(one, rarity);
        let (found, weight) = best(one, &passage);
        let (found_in_label, _) = best(one, &label);
        all += worth;
        in_passage += worth * found.max(found_in_label);
        in_label += worth * found_in_label;
        bm25 += worth * found * f64::from(weight) / 2.2;
        most_missed = most_missed.max(worth * (1.0 - found.max(found_in_label)));
        if !one.known && found < 0.5 {
            unknown += worth;
        }
        for (term, certainty) in &one.forms {
            let best = said.entry(term.as_str()).or_default();
            *best = best.max(*certainty);
        }
    }
    // The other way round: how much of what the label asks was asked.
    let (mut label_all, mut label_said) = (0.0, 0.0);
    for term in label.keys() {
        let worth = rarity.of(term);
        label_all += worth;
        label_said += worth * said.get(term).copied().unwrap_or(0.0);
    }
    let both = if label_all > 0.0 { (in_label / all) * (label_said / label_all) } else { 0.0 };
    [
        in_passage / all,
        in_label / all,
        both.sqrt(),
        candidate.cosine.clamp(0.0, 1.0),
        (bm25 / all).min(1.0),
        most_missed / rarity.unseen(),
        unknown / all,
        f64::from(u8::from(candidate.asks)),
    ]
}

/// What the answer to this part of the question is worth.
fn worth(asked: &Asked, rarity: &Rarity) -> f64 {
    // A word that nobody knows may be a name or a slip of the thumb: it counts less than a topic that we don't have.
    let known = if asked.known { 1.0 } else { 0.6 };
    rarity.of(&asked.forms[0].0) * known
}

/// The best of what would answer this part, and its weight in the passage.
fn best(asked: &Asked, terms: &HashMap<&str, f32>) -> (f64, f32) {
    let exact = asked.forms.iter().filter_map(|(term, certainty)| Some((*certainty, *terms.get(term.as_str())?)));
    let best = exact.fold((0.0, 0.0), |best, one| if one.0 > best.0 { one } else { best });
    if best.0 > 0.0 || asked.known {
        return best;
    }
    let word = asked.forms[0].0.as_str();
    let near = terms.iter().filter(|(term, _)| slip(word, term));
    near.map(|(_, weight)| (0.7, *weight)).next().unwrap_or(best)
}

/// Whether one word may be the other with a typing error.
fn slip(word: &str, term: &str) -> bool {
    let allowed = match word.len() {
        0..=4 => return false,
        5..=8 => 1,
        _ => 2,
    };
    word.as_bytes()[0] == term.as_bytes()[0]
        && word.len().abs_diff(term.len()) <= allowed
        && strsim::osa_distance(word, term) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(question: &str, label: &str, text: &str) -> f64 {
        let terms = words::terms(&format!("{label} {text}"));
        let weights = vec![1.0; terms.len()];
        let vector = crate::embedding::builtin::embed_parts(&[(label, 0.6), (text, 0.4)]);
        let asked = words::asked(question);
        let cosine = crate::embedding::cosine(&vector, &crate::embedding::builtin::embed_question(&asked));
        let candidate = Candidate { terms: &terms, weights: &weights, label, asks: true, cosine: f64::from(cosine) };
        score(&asked, &Rarity::default(), &candidate)
    }

    #[test]
    fn an_answer_is_likelier_than_a_neighbour_and_nothing_is_answered_by_anything() {
        let (label, text) = ("Apa saja syarat membuat e-KTP baru?", "Bawa fotokopi KK dan surat pengantar RT/RW.");
        let right = judge("syarat bikin ktp apa aja", label, text);
        let neighbour = judge("syarat bikin paspor apa aja", label, text);
        assert!(right > neighbour, "{right} {neighbour}");
        assert!(right >= ANSWERABLE && neighbour < ANSWERABLE, "{right} {neighbour}");
        assert!(judge("", label, text) < ANSWERABLE);
    }
}
