//! Counts and rates behind `GET /sim/stats`.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

/// What passed one sender or one recipient.
#[derive(Debug, Default)]
pub struct Tally {
    pub inbound: u64,
    pub outbound: u64,
    pub refused: BTreeMap<i64, u64>,
    pub statuses: BTreeMap<&'static str, u64>,
    seconds: VecDeque<(i64, u32)>,
    peak_per_second: u32,
}

impl Tally {
    pub fn sent(&mut self, now_ms: i64) {
        self.outbound += 1;
        let second = now_ms.div_euclid(1000);
        match self.seconds.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.seconds.push_back((second, 1)),
        }
        if self.seconds.len() > 60 {
            self.seconds.pop_front();
        }
        let current = self.seconds.back().map_or(0, |(_, count)| *count);
        self.peak_per_second = self.peak_per_second.max(current);
    }

    pub fn view(&self, now_ms: i64) -> Value {
        let now = now_ms.div_euclid(1000);
        let within = |span: i64| -> u32 {
            self.seconds.iter().filter(|(second, _)| *second > now - span).map(|(_, count)| count).sum()
        };
        json!({
            "inbound": self.inbound, "outbound": self.outbound,
            "refused": self.refused, "statuses": self.statuses,
            "outbound_per_second": f64::from(within(10)) / 10.0,
            "outbound_last_minute": within(60),
            "outbound_peak_per_second": self.peak_per_second,
        })
    }
}

/// How webhooks fared.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct WebhookTally {
    pub queued: u64,
    pub attempts: u64,
    pub delivered: u64,
    pub failures: u64,
    pub pending: u64,
    /// Attempts that a fault kept from arriving.
    pub dropped: u64,
    /// Statuses that a fault lost for good.
    pub lost: u64,
    /// Undelivered after seven days.
    pub given_up: u64,
}
