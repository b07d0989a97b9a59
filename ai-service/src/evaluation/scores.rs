//! Counting: right answers, confusions, precision and recall.

use std::collections::BTreeMap;

use serde::Serialize;

/// How often each label was taken for which.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Confusion {
    /// From the true label to what was answered to how often.
    pub counts: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Confusion {
    /// Counts one answer.
    pub fn add(&mut self, truth: &str, answer: &str) {
        *self.counts.entry(truth.to_owned()).or_default().entry(answer.to_owned()).or_default() += 1;
    }

    /// How many answers there were.
    pub fn all(&self) -> usize {
        self.counts.values().flat_map(BTreeMap::values).sum()
    }

    /// The share of right answers.
    pub fn accuracy(&self) -> f64 {
        let right: usize = self.counts.iter().filter_map(|(truth, answers)| answers.get(truth)).sum();
        share(right, self.all())
    }

    /// The mean over all labels of the harmonic mean of precision and recall.
    pub fn macro_f1(&self) -> f64 {
        let f1 = |label: &str| {
            let right = self.counts.get(label).and_then(|answers| answers.get(label)).copied().unwrap_or_default();
            let true_ones: usize = self.counts.get(label).map_or(0, |answers| answers.values().sum());
            let answered: usize = self.counts.values().filter_map(|answers| answers.get(label)).sum();
            Pair { right, found: answered, there: true_ones }.f1()
        };
        let labels: Vec<&String> = self.counts.keys().collect();
        let sum: f64 = labels.iter().map(|label| f1(label)).sum();
        sum / f64::from(u32::try_from(labels.len().max(1)).unwrap_or(u32::MAX))
    }
}

/// What was found and what was there.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Pair {
    pub right: usize,
    pub found: usize,
    pub there: usize,
}

impl Pair {
    /// Of what was found, how much was right.
    pub fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { share(self.right, self.found) }
    }

    /// Of what was there, how much was found rightly.
    pub fn recall(self) -> f64 {
        if self.there == 0 { 1.0 } else { share(self.right, self.there) }
    }

    /// Their harmonic mean.
    pub fn f1(self) -> f64 {
        2.0 * share(self.right, self.found + self.there)
    }
}

/// A part of a whole; nothing of nothing is nothing.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_textbook() {
        let mut confusion = Confusion::default();
        for (truth, answer) in [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b")] {
            confusion.add(truth, answer);
        }
        assert!((confusion.accuracy() - 0.75).abs() < 1e-9);
        // a: P 1, R 2/3, F 0.8; b: P 1/2, R 1, F 2/3.
        assert!((confusion.macro_f1() - 0.733_333).abs() < 1e-5);
        let pair = Pair { right: 1, found: 2, there: 4 };
        assert!((pair.precision() - 0.5).abs() < 1e-9 && (pair.recall() - 0.25).abs() < 1e-9);
    }
}
