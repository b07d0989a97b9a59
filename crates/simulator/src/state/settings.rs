//! Settings and faults: what `PUT /sim/settings` and `PUT /sim/faults` change while the simulator runs.

use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// WhatsApp's own limits, changeable for load tests.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub pair_limit: PairLimit,
    /// Messages per second and number, in and out together; 0 is no limit.
    pub throughput_per_second: u32,
    /// The customer-service window; 0 is no window.
    pub window_hours: u32,
    pub auto_status: AutoStatus,
    pub webhook_url: Option<Url>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct PairLimit {
    pub enabled: bool,
    pub burst: u32,
    pub every_seconds: u32,
}

/// Milliseconds after acceptance; `read_ms` counts from delivery and `null` never reads.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "each name tells its unit, as in the JSON")]
pub struct AutoStatus {
    pub sent_ms: u64,
    pub delivered_ms: u64,
    pub read_ms: Option<u64>,
}

impl Settings {
    pub fn new(webhook_url: Option<Url>) -> Self {
        Self {
            pair_limit: PairLimit { enabled: true, burst: 45, every_seconds: 6 },
            throughput_per_second: 80,
            window_hours: 24,
            auto_status: AutoStatus { sent_ms: 20, delivered_ms: 60, read_ms: Some(400) },
            webhook_url,
        }
    }

    /// Takes over what the change names and keeps the rest.
    pub fn apply(&mut self, change: SettingsChange) {
        match change.pair_limit {
            Some(PairChange::Switch(on)) => self.pair_limit.enabled = on,
            Some(PairChange::Values { burst, every_seconds }) => {
                self.pair_limit = PairLimit { enabled: true, burst, every_seconds: every_seconds.max(1) };
            }
            None => {}
        }
        self.throughput_per_second = change.throughput_per_second.over(Some(self.throughput_per_second)).unwrap_or(0);
        self.window_hours = change.window_hours.over(Some(self.window_hours)).unwrap_or(0);
        if let Some(auto) = change.auto_status {
            self.auto_status.sent_ms = auto.sent_ms.unwrap_or(self.auto_status.sent_ms);
            self.auto_status.delivered_ms = auto.delivered_ms.unwrap_or(self.auto_status.delivered_ms);
            self.auto_status.read_ms = auto.read_ms.over(self.auto_status.read_ms);
        }
        self.webhook_url = change.webhook_url.over(self.webhook_url.take());
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    pair_limit: Option<PairChange>,
    #[serde(default)]
    throughput_per_second: Change<u32>,
    #[serde(default)]
    window_hours: Change<u32>,
    auto_status: Option<AutoStatusChange>,
    #[serde(default)]
    webhook_url: Change<Url>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PairChange {
    Switch(bool),
    Values { burst: u32, every_seconds: u32 },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "each name tells its unit, as in the JSON")]
struct AutoStatusChange {
    sent_ms: Option<u64>,
    delivered_ms: Option<u64>,
    #[serde(default)]
    read_ms: Change<u64>,
}

/// Tells `null` (switch off) from absence (leave as it is).
#[derive(Debug, Default)]
enum Change<T> {
    #[default]
    Keep,
    Off,
    To(T),
}

impl<T> Change<T> {
    fn over(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Off => None,
            Self::To(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(|value| value.map_or(Self::Off, Self::To))
    }
}

/// What goes wrong on purpose. `PUT` replaces the whole set, so `{}` heals everything.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Sends are refused with this code, at this rate.
    pub send_error: Option<SendError>,
    /// The message is accepted at once, its answer comes late.
    pub send_delay_ms: Option<u64>,
    #[serde(default)]
    pub webhook: WebhookFaults,
    /// The message is accepted and delivered, its answer never comes: the connection closes.
    #[serde(default)]
    pub drop_responses: Chance,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SendError {
    pub code: i64,
    #[serde(default = "always")]
    pub rate: f64,
}

fn always() -> f64 {
    1.0
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookFaults {
    /// `true`: every webhook comes twice; a number: so many extra copies.
    #[serde(default)]
    pub duplicate: Copies,
    /// Each webhook is held back for a random moment, so that later ones overtake it.
    #[serde(default)]
    pub reorder: bool,
    #[serde(default)]
    pub delay_ms: u64,
    /// Share of attempts that never arrive; WhatsApp's retries follow.
    #[serde(default)]
    pub drop_rate: f64,
    /// Share of statuses that are lost for good (WhatsApp promises none of them).
    #[serde(default)]
    pub lose_statuses: Chance,
}

/// A switch or a share: `true`, `false` or 0.0 to 1.0.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(from = "SwitchOrShare", into = "f64")]
pub struct Chance(pub f64);

impl Chance {
    pub fn strikes(self) -> bool {
        self.0 > 0.0 && rand::random::<f64>() < self.0
    }
}

impl From<Chance> for f64 {
    fn from(chance: Chance) -> Self {
        chance.0
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SwitchOrShare {
    Switch(bool),
    Share(f64),
}

impl From<SwitchOrShare> for Chance {
    fn from(value: SwitchOrShare) -> Self {
        match value {
            SwitchOrShare::Switch(on) => Self(f64::from(u8::from(on))),
            SwitchOrShare::Share(share) => Self(share.clamp(0.0, 1.0)),
        }
    }
}

/// How many extra copies: `true` is one.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(from = "SwitchOrCount", into = "u32")]
pub struct Copies(pub u32);

impl From<Copies> for u32 {
    fn from(copies: Copies) -> Self {
        copies.0
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SwitchOrCount {
    Switch(bool),
    Count(u32),
}

impl From<SwitchOrCount> for Copies {
    fn from(value: SwitchOrCount) -> Self {
        match value {
            SwitchOrCount::Switch(on) => Self(u32::from(on)),
            SwitchOrCount::Count(count) => Self(count.min(100)),
        }
    }
}
