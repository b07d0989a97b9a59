//! Taking deliveries in batches: one transaction for many bodies, and a way down to the single item when it fails.

use async_trait::async_trait;
use contracts::OfficeId;
use platform::Tx;
use platform::bus::{BatchHandler, Delivery, HandlerError, Verdict};
use tracing::{error, warn};

use super::parse::{Item, parse};
use super::{Effects, ItemError, message, status, store};
use crate::App;
use crate::numbers::{self, Number};
use crate::quarantine::store as quarantine;

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
        let mut tx = self.0.ctx.db.all_offices("webhook intake").await?;
        let mut effects = Effects::default();
        for delivery in deliveries {
            for item in parse(&delivery.body, delivery.attributes.time) {
                self.item(&mut tx, &item, delivery, &mut effects).await?;
            }
        }
        tx.commit().await?;
        self.after(&effects);
        Ok(())
    }

    /// One body in one transaction; if that fails, each item under a savepoint, the bad ones aside.
    async fn alone(&self, delivery: &Delivery) -> Result<(), ItemError> {
        match self.together(std::slice::from_ref(delivery)).await {
            Err(error) if !error.is_unavailable() => {}
            done => return done,
        }
        let mut tx = self.0.ctx.db.all_offices("webhook intake").await?;
        let mut effects = Effects::default();
        for item in parse(&delivery.body, delivery.attributes.time) {
            store::savepoint(&mut tx).await?;
            match self.item(&mut tx, &item, delivery, &mut effects).await {
                Ok(()) => store::release(&mut tx).await?,
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    store::roll_back(&mut tx).await?;
                    error!(error = &error as &dyn std::error::Error, "an item could not be taken in; it is kept aside");
                    let office = match item.phone_number_id() {
                        Some(id) => self.number(id).await?.map(|number| number.office),
                        None => None,
                    };
                    self.aside(&mut tx, office, "failed_item", &error.to_string(), &item).await?;
                }
            }
        }
        tx.commit().await?;
        self.after(&effects);
        Ok(())
    }

    async fn item(
        &self,
        tx: &mut Tx,
        item: &Item,
        delivery: &Delivery,
        effects: &mut Effects,
    ) -> Result<(), ItemError> {
        match item {
            Item::Message(inbound) => {
                self.0.metrics.items.with_label_values(&["message"]).inc();
                match self.number(&inbound.phone_number_id).await? {
                    Some(number) => message::take(&self.0, tx, &number, inbound, delivery, effects).await,
                    None => self.aside(tx, None, "unknown_number", "no office has this phone_number_id", item).await,
                }
            }
            Item::Status(report) => {
                self.0.metrics.items.with_label_values(&["status"]).inc();
                match self.number(&report.phone_number_id).await? {
                    Some(number) => status::take(&self.0, tx, &number, report, delivery).await,
                    None => self.aside(tx, None, "unknown_number", "no office has this phone_number_id", item).await,
                }
            }
            Item::Other { kind, phone_number_id, .. } => {
                self.0.metrics.items.with_label_values(&["other"]).inc();
                let number = match phone_number_id {
                    Some(id) => self.number(id).await?,
                    None => None,
                };
                self.aside(tx, number.map(|number| number.office), kind, "not understood", item).await
            }
        }
    }

    async fn number(&self, id: &str) -> Result<Option<Number>, sqlx::Error> {
        let found = self.0.numbers.find(&self.0.ctx.db, id).await?;
        if found.is_none() && id == self.0.config.whatsapp_phone_number_id {
            // A webhook may be quicker than the first start's own insert.
            numbers::insert_first(&self.0).await?;
            return self.0.numbers.find(&self.0.ctx.db, id).await;
        }
        Ok(found)
    }

    async fn aside(
        &self,
        tx: &mut Tx,
        office: Option<OfficeId>,
        kind: &str,
        reason: &str,
        item: &Item,
    ) -> Result<(), ItemError> {
        self.0.metrics.quarantined.with_label_values(&[known(kind)]).inc();
        let raw = item.raw().to_string();
        Ok(quarantine::keep(tx, office, kind, reason, raw.as_bytes(), self.0.ctx.clock.now()).await?)
    }

    fn after(&self, effects: &Effects) {
        self.0.ctx.outbox.wake();
        if effects.turn_opened {
            self.0.turns.notify_one();
        }
    }
}

/// A label from the outside must not grow the metrics without bound.
fn known(kind: &str) -> &'static str {
    const KNOWN: [&str; 9] = [
        "unknown_number",
        "failed_item",
        "not_json",
        "other_object",
        "empty",
        "errors",
        "status",
        "history",
        "smb_message_echoes",
    ];
    KNOWN.into_iter().find(|word| *word == kind).unwrap_or("other")
}
