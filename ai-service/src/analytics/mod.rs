//! What the assistant did, counted from the log of turns.

pub mod http;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

/// Statistics over a span of days in Asia/Jakarta, both ends included.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Analytics {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub turns: i64,
    pub intents: Vec<IntentCount>,
    pub outcomes: Vec<OutcomeCount>,
    pub providers: Vec<ProviderCount>,
    /// The share of turns that needed no person; absent without turns.
    pub containment: Option<f64>,
    pub latency_ms: Latency,
}

/// Turns of one intent on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IntentCount {
    pub day: NaiveDate,
    pub intent: String,
    pub turns: i64,
}

/// Turns by how they ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OutcomeCount {
    pub outcome: String,
    pub turns: i64,
}

/// Turns by who understood them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderCount {
    pub provider: String,
    pub turns: i64,
}

/// From the closed turn to the answer on its way; absent without turns.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Latency {
    pub p50: Option<f64>,
    pub p95: Option<f64>,
}
