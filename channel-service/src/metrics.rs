//! What channel-service counts.

use platform::metrics::{counter, counter_vec, histogram};
use prometheus::{Histogram, IntCounter, IntCounterVec, Registry};

/// The service's own metrics.
#[derive(Debug)]
pub struct Metrics {
    /// Webhooks by how they were accepted: `queued`, `spooled`, `refused`, `unsigned`.
    pub webhooks: IntCounterVec,
    /// Items found in webhooks, by kind.
    pub items: IntCounterVec,
    /// Items that were seen before.
    pub duplicates: IntCounter,
    /// Items put aside, by kind.
    pub quarantined: IntCounterVec,
    /// Turns that ended, by outcome.
    pub turns: IntCounterVec,
    /// Seconds of a Graph API call.
    pub graph_seconds: Histogram,
    /// Sends by outcome.
    pub sends: IntCounterVec,
}

impl Metrics {
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        Ok(Self {
            webhooks: counter_vec(
                registry,
                "gc_channel_webhooks_total",
                "Webhooks, by how they were accepted.",
                &["how"],
            )?,
            items: counter_vec(registry, "gc_channel_items_total", "Items found in webhooks, by kind.", &["kind"])?,
            duplicates: counter(registry, "gc_channel_duplicates_total", "Items that were seen before.")?,
            quarantined: counter_vec(registry, "gc_channel_quarantined_total", "Items put aside, by kind.", &["kind"])?,
            turns: counter_vec(registry, "gc_channel_turns_total", "Turns that ended, by outcome.", &["outcome"])?,
            graph_seconds: histogram(registry, "gc_channel_graph_seconds", "Seconds of a Graph API call.")?,
            sends: counter_vec(registry, "gc_channel_sends_total", "Sends, by outcome.", &["outcome"])?,
        })
    }
}
