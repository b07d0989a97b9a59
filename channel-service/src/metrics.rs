//! What channel-service counts.

use platform::metrics::{counter, counter_vec, gauge, histogram};
use prometheus::{Histogram, IntCounter, IntCounterVec, IntGauge, Registry};

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
    /// News of the account, by how much it matters: `alarm`, `warning`, `note`.
    pub notices: IntCounterVec,
    /// Contacts that turned out to be another one.
    pub merges: IntCounter,
    /// Files of citizens, by what became of a try: `stored`, `retried`, `refused`, `expired`, `failed`, `transcribed`, `not_transcribed`.
    pub media: IntCounterVec,
    /// Seconds that fetching a file took.
    pub media_seconds: Histogram,
    /// Turns that ended, by outcome.
    pub turns: IntCounterVec,
    /// Seconds of a Graph API call.
    pub graph_seconds: Histogram,
    /// Sends by outcome.
    pub sends: IntCounterVec,
    /// Messages that waited for a rate limit, by which one: `pair`.
    pub paced: IntCounterVec,
    /// Answers that went out within another one.
    pub coalesced: IntCounter,
    /// Numbers that the account or token stopped, and that wait for a person.
    pub numbers_stopped: IntGauge,
    /// Times that a number stopped.
    pub stops: IntCounter,
    /// Messages of citizens who are blocked: kept, and not answered.
    pub blocked: IntCounter,
    /// Messages above a citizen's limit: answered more slowly.
    pub flooded: IntCounter,
    /// Takeovers that ended, by how: `given_back`, `silence`, `forced`.
    pub takeovers: IntCounterVec,
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
            notices: counter_vec(
                registry,
                "gc_channel_account_notices_total",
                "News of the WhatsApp account, by weight.",
                &["weight"],
            )?,
            merges: counter(
                registry,
                "gc_channel_contact_merges_total",
                "Contacts that turned out to be another one.",
            )?,
            media: counter_vec(
                registry,
                "gc_channel_media_total",
                "Files of citizens, by what became of a try.",
                &["outcome"],
            )?,
            media_seconds: histogram(registry, "gc_channel_media_seconds", "Seconds that fetching a file took.")?,
            turns: counter_vec(registry, "gc_channel_turns_total", "Turns that ended, by outcome.", &["outcome"])?,
            graph_seconds: histogram(registry, "gc_channel_graph_seconds", "Seconds of a Graph API call.")?,
            sends: counter_vec(registry, "gc_channel_sends_total", "Sends, by outcome.", &["outcome"])?,
            paced: counter_vec(
                registry,
                "gc_channel_paced_total",
                "Messages that waited for a rate limit.",
                &["limit"],
            )?,
            coalesced: counter(registry, "gc_channel_coalesced_total", "Answers that went out within another one.")?,
            numbers_stopped: gauge(
                registry,
                "gc_channel_numbers_stopped",
                "Numbers that send nothing because the account or token is at fault.",
            )?,
            stops: counter(registry, "gc_channel_number_stops_total", "Times that a number stopped.")?,
            blocked: counter(registry, "gc_channel_blocked_total", "Messages of blocked citizens.")?,
            flooded: counter(registry, "gc_channel_flooded_total", "Messages above a citizen's limit per minute.")?,
            takeovers: counter_vec(
                registry,
                "gc_channel_takeovers_ended_total",
                "Takeovers that ended, by how.",
                &["how"],
            )?,
        })
    }
}
