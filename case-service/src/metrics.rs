//! What the case service counts. No office label: the dashboard has statistics for people.

use platform::metrics::{Metrics as Common, counter, counter_vec};
use prometheus::{IntCounter, IntCounterVec};

/// Counters of complaints.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Complaints taken.
    pub created: IntCounter,
    /// Moves made, by the status that they led to.
    pub moved: IntCounterVec,
    /// Moves refused because they are not in the table.
    pub refused: IntCounter,
    /// Reporters of anonymous complaints that a person was told.
    pub revealed: IntCounter,
    /// Complaints whose time was about to run out.
    pub at_risk: IntCounter,
    /// Complaints whose time ran out.
    pub late: IntCounter,
    /// Complaints blanked on a citizen's wish.
    pub erased: IntCounter,
}

impl Metrics {
    /// Registers them.
    pub fn new(common: &Common) -> Result<Self, prometheus::Error> {
        let registry = common.registry();
        Ok(Self {
            created: counter(registry, "gc_case_created_total", "Complaints taken.")?,
            moved: counter_vec(
                registry,
                "gc_case_moved_total",
                "Moves made, by the status that they led to.",
                &["to"],
            )?,
            refused: counter(
                registry,
                "gc_case_moves_refused_total",
                "Moves refused because they are not in the table.",
            )?,
            revealed: counter(
                registry,
                "gc_case_revealed_total",
                "Reporters of anonymous complaints that a person was told.",
            )?,
            at_risk: counter(registry, "gc_case_at_risk_total", "Complaints whose time was about to run out.")?,
            late: counter(registry, "gc_case_late_total", "Complaints whose time ran out.")?,
            erased: counter(registry, "gc_case_erased_total", "Complaints blanked on a citizen's wish.")?,
        })
    }
}
