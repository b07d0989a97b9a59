//! How often the understanding is right, on texts that it was not trained from.
//!
//! A file of lines `intent<TAB>kategori<TAB>text`, with `-` where a column does not matter. Used by the tests with
//! `model/heldout.tsv` and by `ai-service measure <file>` with any other.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::understanding::builtin::Builtin;

/// The outcome of a measurement.
#[derive(Debug, Default)]
pub struct Report {
    pub intents: Score,
    pub categories: Score,
    pub mistakes: String,
}

/// Right answers among all, and how many answers were "not sure".
#[derive(Debug, Default, Clone, Copy)]
pub struct Score {
    pub right: usize,
    pub all: usize,
    pub unsure: usize,
}

impl Score {
    /// The share of right answers.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }
}

/// Measures on the lines of a file.
pub fn run(lines: &str, builtin: &Builtin) -> Report {
    let mut report = Report::default();
    for line in lines.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.splitn(3, '\t');
        let (Some(intent), Some(category), Some(text)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let understood = builtin.read(text);
        if intent != "-" {
            let guess = understood.guess.as_str();
            report.intents.count(guess == intent, understood.intent.is_some());
            if guess != intent {
                let _ = writeln!(report.mistakes, "{intent} → {guess} {:.2}: {text}", understood.confidence);
            }
        }
        if category != "-" {
            let (guess, probability) = understood.categories.first().map_or(("", 0.0), |(key, p)| (key.0.as_str(), *p));
            report.categories.count(guess == category, understood.entities.kategori.is_some());
            if guess != category {
                let _ = writeln!(report.mistakes, "{category} → {guess} {probability:.2}: {text}");
            }
        }
    }
    report
}

impl Score {
    fn count(&mut self, right: bool, sure: bool) {
        self.all += 1;
        self.right += usize::from(right);
        self.unsure += usize::from(!sure);
    }
}

/// Measures the shipped model on a file and prints the mistakes and the scores.
pub fn print(file: &Path) -> anyhow::Result<()> {
    let lines = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let report = run(&lines, &Builtin::shipped());
    print!("{}", report.mistakes);
    for (what, score) in [("intents", report.intents), ("categories", report.categories)] {
        println!("{what}: {} of {} right ({:.3}), {} not sure", score.right, score.all, score.accuracy(), score.unsure);
    }
    Ok(())
}
