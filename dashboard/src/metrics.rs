//! The dashboard's own metrics. No label names an office or a person.

use platform::metrics::{counter_vec, gauge};
use prometheus::{IntCounterVec, IntGauge};

/// What is counted.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Sign-ins by outcome: `good`, `wrong`, `locked`.
    pub sign_ins: IntCounterVec,
    /// Browsers that follow the live feed.
    pub live_browsers: IntGauge,
    /// Browsers that were too slow and were told to ask for everything again.
    pub live_resyncs: IntCounterVec,
}

impl Metrics {
    /// Registers them.
    pub fn new(metrics: &platform::metrics::Metrics) -> Result<Self, prometheus::Error> {
        let registry = metrics.registry();
        Ok(Self {
            sign_ins: counter_vec(registry, "gc_dashboard_sign_ins_total", "Sign-ins.", &["outcome"])?,
            live_browsers: gauge(registry, "gc_dashboard_live_browsers", "Browsers that follow the live feed.")?,
            live_resyncs: counter_vec(
                registry,
                "gc_dashboard_live_resyncs_total",
                "Gaps in the live feed.",
                &["reason"],
            )?,
        })
    }
}
