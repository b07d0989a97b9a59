//! `/analytics`: what the assistant did and how complaints stand, over a span of days.
//!
//! ai-service and case-service count; here is only what staff read of it. Either may be away without the other's part.

pub mod bars;
pub mod client;
pub mod page;

use chrono::{Days, NaiveDate};
use serde::Deserialize;

/// The longest span that is counted at once.
const MOST_DAYS: u64 = 366;
/// The span when none is chosen.
const USUAL_DAYS: u64 = 30;

/// Days in Asia/Jakarta, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Span {
    /// The last days until today.
    pub fn last(days: u64, today: NaiveDate) -> Self {
        Self { from: today.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(today), to: today }
    }

    /// Reads the page's address. What makes no sense is the usual span.
    pub fn read(from: Option<&str>, to: Option<&str>, today: NaiveDate) -> Self {
        let day = |text: Option<&str>| text.and_then(|text| text.parse::<NaiveDate>().ok());
        match (day(from), day(to)) {
            (Some(from), to) => {
                let to = to.unwrap_or(today);
                let days = (to - from).num_days();
                if (0..MOST_DAYS.cast_signed()).contains(&days) {
                    Self { from, to }
                } else {
                    Self::last(USUAL_DAYS, today)
                }
            }
            _ => Self::last(USUAL_DAYS, today),
        }
    }

    /// Every day of it.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |day| *day <= self.to)
    }
}

/// What ai-service counts; what it does not count is absent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Assistant {
    pub turns: i64,
    pub intents: Vec<IntentCount>,
    pub outcomes: Vec<OutcomeCount>,
    pub providers: Vec<ProviderCount>,
    /// The share of turns that needed no person.
    pub containment: Option<f64>,
    pub latency_ms: Latency,
    /// Times that a model was of no use and the next one was asked.
    pub fallbacks: Option<i64>,
    /// The same by model and reason.
    pub failures: Vec<FailureCount>,
    /// What outside models were used for.
    pub tokens: Vec<TokenCount>,
    /// Questions that nothing answered.
    pub unanswered: Option<i64>,
    pub days: Vec<Day>,
}

/// Calls of a model that brought nothing, by reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FailureCount {
    pub provider: String,
    pub reason: String,
    pub calls: i64,
}

/// What a model was used for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TokenCount {
    pub provider: String,
    pub model: String,
    pub purpose: String,
    pub calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
}

/// One day's turns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Day {
    pub day: NaiveDate,
    pub turns: i64,
    #[serde(default)]
    pub containment: Option<f64>,
    #[serde(default)]
    pub p50: Option<f64>,
    #[serde(default)]
    pub p95: Option<f64>,
    #[serde(default)]
    pub unanswered: i64,
}

/// Turns of one intent on one day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IntentCount {
    pub day: NaiveDate,
    pub intent: String,
    pub turns: i64,
}

/// Turns by how they ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OutcomeCount {
    pub outcome: String,
    pub turns: i64,
}

/// Turns by who understood them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProviderCount {
    pub provider: String,
    pub turns: i64,
}

/// From the closed turn to the answer on its way.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Latency {
    pub p50: Option<f64>,
    pub p95: Option<f64>,
}

/// Counts of one kind, the largest first.
pub fn by_kind<'a>(counts: impl Iterator<Item = (&'a str, i64)>) -> Vec<(String, i64)> {
    let mut sums = std::collections::BTreeMap::<&str, i64>::new();
    for (key, count) in counts {
        *sums.entry(key).or_default() += count;
    }
    let mut all: Vec<_> = sums.into_iter().map(|(key, sum)| (key.to_owned(), sum)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_span_that_makes_no_sense_is_the_usual_one() {
        let today = day("2026-11-20");
        let usual = Span { from: day("2026-10-22"), to: today };
        for (from, to) in [
            (None, None),
            (Some("kemarin"), None),
            (Some("2026-11-21"), Some("2026-11-20")),
            (Some("2020-01-01"), Some("2026-11-20")),
            (None, Some("2026-11-01")),
        ] {
            assert_eq!(Span::read(from, to, today), usual, "{from:?} {to:?}");
        }
        let read = Span::read(Some("2026-11-01"), Some("2026-11-03"), today);
        assert_eq!(read.days().count(), 3);
        assert_eq!(Span::last(7, today).days().count(), 7);
    }

    #[test]
    fn counts_of_several_days_are_one_per_kind_the_largest_first() {
        let counts = [("a", 1), ("b", 2), ("a", 4), ("c", 2)];
        let sums = by_kind(counts.into_iter());
        assert_eq!(sums, [("a".to_owned(), 5), ("b".to_owned(), 2), ("c".to_owned(), 2)]);
    }

    #[test]
    fn what_ai_service_does_not_count_is_absent() {
        let counted: Assistant = serde_json::from_str(r#"{"turns":3,"new":true}"#).expect("readable");
        assert_eq!((counted.turns, counted.containment, counted.fallbacks), (3, None, None));
    }
}
