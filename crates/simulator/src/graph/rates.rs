//! WhatsApp's two rate limits as token buckets: messages per number, messages per pair of number and citizen.

use std::collections::HashMap;

use crate::state::settings::{PairLimit, Settings};

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl Bucket {
    fn full(capacity: f64, now_ms: i64) -> Self {
        Self { tokens: capacity, at_ms: now_ms }
    }

    fn refill(&mut self, capacity: f64, per_second: f64, now_ms: i64) {
        // Exact far beyond any span that occurs here.
        let elapsed = u32::try_from(now_ms - self.at_ms).unwrap_or_default();
        self.tokens = (self.tokens + f64::from(elapsed) / 1000.0 * per_second).min(capacity);
        self.at_ms = now_ms.max(self.at_ms);
    }

    fn take(&mut self) -> bool {
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

#[derive(Debug, Default)]
pub struct Rates {
    numbers: HashMap<String, Bucket>,
    pairs: HashMap<(String, String), Bucket>,
}

impl Rates {
    /// One message of a number, in either direction; false when the number is over its throughput.
    pub fn number_passes(&mut self, settings: &Settings, number: &str, now_ms: i64) -> bool {
        let rate = f64::from(settings.throughput_per_second);
        if settings.throughput_per_second == 0 {
            return true;
        }
        let bucket = self.numbers.entry(number.to_owned()).or_insert_with(|| Bucket::full(rate, now_ms));
        bucket.refill(rate, rate, now_ms);
        bucket.take()
    }

    /// One message to a citizen: a burst of 45, then one in six seconds.
    pub fn pair_passes(&mut self, limit: PairLimit, number: &str, citizen: &str, now_ms: i64) -> bool {
        if !limit.enabled {
            return true;
        }
        let burst = f64::from(limit.burst);
        let pair = (number.to_owned(), citizen.to_owned());
        let bucket = self.pairs.entry(pair).or_insert_with(|| Bucket::full(burst, now_ms));
        bucket.refill(burst, 1.0 / f64::from(limit.every_seconds), now_ms);
        bucket.take()
    }

    pub fn forget(&mut self) {
        *self = Self::default();
    }
}
