//! What the assistant did, counted from the log of turns and the use of models.

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
    /// Turns by who understood them.
    pub providers: Vec<ProviderCount>,
    /// Times that a model was of no use and the next one was asked.
    pub fallbacks: i64,
    /// The same by model and reason, the most frequent first.
    pub failures: Vec<FailureCount>,
    /// What outside models were used for, and what it cost.
    pub tokens: Vec<TokenCount>,
    /// Questions without an answer that were last asked in this span.
    pub unanswered: i64,
    /// Every day of the span, also those without turns.
    pub days: Vec<Day>,
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

/// Calls of a model that brought nothing, by reason.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FailureCount {
    pub provider: String,
    /// `understand`, `answer`, `embed` or `transcribe`.
    pub purpose: String,
    /// `deadline`, `away`, `broken`, `rate_limited`, `refused`, `garbage`, `unfounded` or `breaker_open`.
    pub reason: String,
    pub calls: i64,
}

/// What a model was used for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenCount {
    pub provider: String,
    pub model: String,
    pub purpose: String,
    pub calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
}

/// One day in Asia/Jakarta.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Day {
    pub day: NaiveDate,
    pub turns: i64,
    pub handed_off: i64,
    /// Absent without turns.
    pub containment: Option<f64>,
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    /// Questions without an answer that were last asked on it.
    pub unanswered: i64,
}

/// From the closed turn to the answer on its way; absent without turns.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Latency {
    pub p50: Option<f64>,
    pub p95: Option<f64>,
}
