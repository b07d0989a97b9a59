//! Taking deliveries in batches: one transaction for many bodies, and a way down to the single item when it fails.

use async_trait::async_trait;
use platform::bus::{BatchHandler, Delivery, HandlerError, Verdict};
use platform::outbox::Cause;
use tracing::{error, warn};

use super::batch::{self, Entry};
use super::parse::{Item, parse};
use super::{Effects, ItemError, aside, store};
use crate::App;
use crate::numbers::{self, problem};

/// Handles raw webhook bodies.
#[derive(Debug, Clone)]
pub struct Intake(pub App);

#[async_trait]
impl BatchHandler for Intake {
    async fn handle_batch(&self, deliveries: &[Delivery]) -> Vec<Verdict> {
        match self.together(deliveries).await {
            Ok(()) => deliveries.iter().map(|_| Verdict::Done).collect(),
            Err(error) if error.is_unavailable() => {
                deliveries.iter().map(|_| Verdict::Unavailable(anyhow::anyhow!("{error}"))).collect()
            }
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    bodies = deliveries.len(),
                    "a batch failed; taking its bodies one by one"
                );
                let mut verdicts = Vec::with_capacity(deliveries.len());
                for delivery in deliveries {
                    verdicts.push(self.alone(delivery).await.map_err(HandlerError::from).into());
                }
                verdicts
            }
        }
    }
}

impl Intake {
    /// All bodies in one transaction.
    async fn together(&self, deliveries: &[Delivery]) -> Result<(), ItemError> {
        let read: Vec<(Cause, Vec<Item>)> = deliveries
            .iter()
            .map(|delivery| (delivery.cause(), parse(&delivery.body, delivery.attributes.time)))
            .collect();
        let mut entries = Vec::new();
        for (cause, items) in &read {
            for item in items {
                entries.push(self.entry(item, cause).await?);
            }
        }
        let mut effects = Effects::default();
        let mut tx = self.0.ctx.db.all_offices("webhook intake").await?;
        batch::take(&self.0, &mut tx, &entries, &mut effects).await?;
        tx.commit().await?;
        self.after(&effects).await;
        Ok(())
    }

    /// One body in one transaction; if that fails, each item under a savepoint, the bad ones aside.
    async fn alone(&self, delivery: &Delivery) -> Result<(), ItemError> {
        match self.together(std::slice::from_ref(delivery)).await {
            Err(error) if !error.is_unavailable() => {}
            done => return done,
        }
        let cause = delivery.cause();
        let mut tx = self.0.ctx.db.all_offices("webhook intake").await?;
        let mut effects = Effects::default();
        for item in parse(&delivery.body, delivery.attributes.time) {
            let entry = self.entry(&item, &cause).await?;
            store::savepoint(&mut tx).await?;
            match batch::take(&self.0, &mut tx, std::slice::from_ref(&entry), &mut effects).await {
                Ok(()) => store::release(&mut tx).await?,
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    store::roll_back(&mut tx).await?;
                    error!(error = &error as &dyn std::error::Error, "an item could not be taken in; it is kept aside");
                    let office = entry.number.as_ref().map(|number| number.office);
                    aside::keep_failed(&self.0, &mut tx, office, &error.to_string(), &item).await?;
                }
            }
        }
        tx.commit().await?;
        self.after(&effects).await;
        Ok(())
    }

    async fn entry<'a>(&self, item: &'a Item, cause: &'a Cause) -> Result<Entry<'a>, sqlx::Error> {
        let number = match item.phone_number_id() {
            Some(id) => numbers::of_webhook(&self.0, id).await?,
            None => None,
        };
        Ok(Entry { item, number, cause })
    }

    async fn after(&self, effects: &Effects) {
        for (number, code, explanation) in &effects.stops {
            if let Err(error) = problem::stop(&self.0, number, *code, explanation).await {
                // The sender finds out by itself at the next message.
                warn!(error = &error as &dyn std::error::Error, code, "a number could not be stopped");
            }
        }
        self.0.ctx.outbox.wake();
        if effects.turn_opened || effects.merged {
            self.0.turns.notify_one();
        }
        if effects.merged {
            self.0.outgoing.notify_one();
        }
        if effects.media_waits {
            self.0.media.woken.notify_one();
        }
    }
}
