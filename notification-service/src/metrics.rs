//! What the notification service counts. No office label.

use platform::metrics::{Metrics as Common, counter_vec};
use prometheus::IntCounterVec;

/// Counters of notifications.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Notifications made, by the status that they began with.
    pub created: IntCounterVec,
    /// Tries to hand one to channel-service, by outcome.
    pub attempts: IntCounterVec,
    /// Reports of what became of them, by status.
    pub reported: IntCounterVec,
}

impl Metrics {
    /// Registers them.
    pub fn new(common: &Common) -> Result<Self, prometheus::Error> {
        let registry = common.registry();
        Ok(Self {
            created: counter_vec(
                registry,
                "gc_notification_created_total",
                "Notifications made, by the status that they began with.",
                &["status"],
            )?,
            attempts: counter_vec(
                registry,
                "gc_notification_attempts_total",
                "Tries to hand one to channel-service, by outcome.",
                &["outcome"],
            )?,
            reported: counter_vec(
                registry,
                "gc_notification_reported_total",
                "Reports of what became of notifications, by status.",
                &["status"],
            )?,
        })
    }
}
