//! `whatsapp.message.received`: a turn to answer.

use async_trait::async_trait;
use contracts::events::turn::MessageReceived;
use platform::bus::{Delivery, Handler, HandlerError};

use super::{Origin, Source, Work, run};
use crate::App;
use crate::dialogue::Turn;

/// Answers turns.
#[derive(Debug, Clone)]
pub struct Turns(pub App);

#[async_trait]
impl Handler for Turns {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: MessageReceived = delivery.data()?;
        let work = work(delivery, &event)?;
        // Before any lock is held: providers other than the built-in one take their time.
        let understood = self.0.understanding.understand(&event.message).await;
        run(&self.0, &work, &Turn::of(&event, understood)).await?;
        Ok(())
    }
}

/// The turn that an event tells of.
pub fn work(delivery: &Delivery, event: &MessageReceived) -> Result<Work, HandlerError> {
    Ok(Work {
        turn_id: event.turn_id,
        office: delivery.office()?,
        conversation_id: event.conversation_id,
        contact_id: event.contact_id,
        origin: Origin {
            source: Source::Whatsapp,
            epoch: event.epoch,
            received_at: delivery.attributes.time,
            deadline_at: event.deadline_at,
            event_id: Some(delivery.attributes.id),
            correlation_id: delivery.cause().correlation_id,
        },
    })
}
