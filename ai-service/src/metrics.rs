//! What the assistant counts. No office label: the analytics endpoint has statistics for people.

use platform::metrics::{Metrics as Common, counter, counter_vec, histogram};
use prometheus::{Histogram, IntCounter, IntCounterVec};

use crate::dialogue::Conclusion;

/// Counters of turns.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Turns ended, by outcome.
    pub turns: IntCounterVec,
    /// Calls for a person, by reason.
    pub handoffs: IntCounterVec,
    /// Documents read, by outcome.
    pub documents: IntCounterVec,
    /// Texts of offices that do not work; ours are used in their place.
    pub broken_texts: IntCounter,
    /// Seconds from the closed turn to its answer's commit.
    pub seconds: Histogram,
}

impl Metrics {
    /// Registers them.
    pub fn new(common: &Common) -> Result<Self, prometheus::Error> {
        let registry = common.registry();
        Ok(Self {
            turns: counter_vec(registry, "gc_ai_turns_total", "Turns ended, by outcome.", &["outcome"])?,
            handoffs: counter_vec(registry, "gc_ai_handoffs_total", "Calls for a person, by reason.", &["reason"])?,
            documents: counter_vec(registry, "gc_ai_documents_total", "Documents read, by outcome.", &["outcome"])?,
            broken_texts: counter(
                registry,
                "gc_ai_broken_texts_total",
                "Texts of offices that do not work; ours are used in their place.",
            )?,
            seconds: histogram(registry, "gc_ai_turn_seconds", "Seconds from the closed turn to its answer's commit.")?,
        })
    }

    /// Counts a turn that ended.
    pub fn count(&self, conclusion: &Conclusion, took_ms: i64) {
        self.turns.with_label_values(&[conclusion.outcome.as_str()]).inc();
        if let Some(handoff) = &conclusion.handoff {
            self.handoffs.with_label_values(&[handoff.reason.as_str()]).inc();
        }
        self.seconds.observe(std::time::Duration::from_millis(took_ms.unsigned_abs()).as_secs_f64());
    }
}
