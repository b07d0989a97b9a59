//! `takeover.started` and `takeover.ended`.

use async_trait::async_trait;
use contracts::events::Event;
use contracts::events::conversation::{TakeoverEnded, TakeoverStarted};
use platform::bus::{Delivery, Handler, HandlerError};
use platform::inbox;

use super::store;
use crate::{App, privacy};

/// The name under which takeovers stand in the inbox.
const CONSUMER: &str = "takeovers";

/// Remembers who had a conversation, and when.
#[derive(Debug, Clone)]
pub struct Takeovers(pub App);

#[async_trait]
impl Handler for Takeovers {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let office = delivery.office()?;
        let at = delivery.attributes.time;
        let mut tx = self.0.ctx.db.office(office).await?;
        if !inbox::first_time(&mut tx, Some(office), CONSUMER, delivery.attributes.id).await? {
            return Ok(());
        }
        match delivery.routing_key.as_str() {
            TakeoverStarted::ROUTING_KEY => {
                let event: TakeoverStarted = delivery.data()?;
                store::started(&mut tx, office, event.conversation_id, event.epoch, &event.admin.name, at).await?;
                privacy::store::remember(&mut tx, office, None, &event.admin.name).await?;
            }
            TakeoverEnded::ROUTING_KEY => {
                let event: TakeoverEnded = delivery.data()?;
                let (officer, note) = (&event.admin.name, event.note.as_deref());
                store::ended(&mut tx, office, event.conversation_id, event.epoch, officer, note, at).await?;
            }
            other => tracing::debug!(event = other, "no matter of the assistant's"),
        }
        tx.commit().await?;
        Ok(())
    }
}
