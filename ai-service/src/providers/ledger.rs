//! What models were used for and what it cost, per office in the database, for everyone in the metrics.

use std::time::Duration;

use contracts::OfficeId;
use platform::Context;
use platform::metrics::counter_vec;
use prometheus::IntCounterVec;

use super::{Failure, Purpose, Tokens, Vendor, store};

/// One call, or one that was not made.
#[derive(Debug, Clone)]
pub struct Entry {
    pub provider: &'static str,
    pub model: String,
    pub purpose: Purpose,
    /// `ok`, or why not.
    pub outcome: &'static str,
    pub tokens: Tokens,
    pub took: Duration,
}

impl Entry {
    /// A call that begins.
    pub fn of(vendor: &dyn Vendor, purpose: Purpose) -> Self {
        Self::named(vendor.name(), vendor.model().as_str(), purpose)
    }

    /// The same for what is no vendor of the chain.
    pub fn named(provider: &'static str, model: &str, purpose: Purpose) -> Self {
        let model = model.to_owned();
        Self { provider, model, purpose, outcome: "ok", tokens: Tokens::default(), took: Duration::ZERO }
    }

    /// Notes how it went.
    pub fn end(&mut self, took: Duration, failure: Option<Failure>) {
        self.took = took;
        self.outcome = failure.map_or("ok", Failure::as_str);
    }
}

/// Counts calls.
#[derive(Debug, Clone)]
pub struct Ledger {
    ctx: Context,
    calls: IntCounterVec,
    tokens: IntCounterVec,
}

impl Ledger {
    /// Registers its metrics.
    pub fn new(ctx: &Context) -> Result<Self, prometheus::Error> {
        let registry = ctx.metrics.registry();
        Ok(Self {
            ctx: ctx.clone(),
            calls: counter_vec(
                registry,
                "gc_ai_model_calls_total",
                "Calls of outside models, by provider, model, purpose and outcome.",
                &["provider", "model", "purpose", "outcome"],
            )?,
            tokens: counter_vec(
                registry,
                "gc_ai_model_tokens_total",
                "Tokens of outside models, by provider, model, purpose and direction.",
                &["provider", "model", "purpose", "direction"],
            )?,
        })
    }

    /// Counts; a database that is away costs the count, not the answer.
    pub async fn write(&self, office: OfficeId, entries: &[Entry]) {
        for entry in entries {
            let Entry { provider, model, purpose, outcome, tokens, .. } = entry;
            self.calls.with_label_values(&[provider, model.as_str(), purpose.as_str(), outcome]).inc();
            for (direction, count) in [("input", tokens.input), ("output", tokens.output)] {
                let labels = [provider, model.as_str(), purpose.as_str(), direction];
                self.tokens.with_label_values(&labels).inc_by(u64::try_from(count).unwrap_or_default());
            }
        }
        if let Err(error) = self.store(office, entries).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the use of models was not counted");
        }
    }

    async fn store(&self, office: OfficeId, entries: &[Entry]) -> Result<(), sqlx::Error> {
        let day = self.ctx.clock.today_jakarta();
        let mut tx = self.ctx.db.office(office).await?;
        for entry in entries {
            store::count(&mut tx, office, day, entry).await?;
        }
        tx.commit().await
    }
}
