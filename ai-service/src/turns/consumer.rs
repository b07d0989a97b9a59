//! `whatsapp.message.received`: a turn to answer.

use std::time::Duration;

use async_trait::async_trait;
use contracts::events::turn::MessageReceived;
use contracts::intent::Intent;
use platform::bus::{Delivery, Handler, HandlerError};

use super::answers::look_up;
use super::{Origin, Source, Work, run};
use crate::dialogue::{Pending, Turn};
use crate::privacy::names::Whose;
use crate::understanding::hear::{Speaker, hear};
use crate::{App, understanding};

/// Outside models may take this long in one turn, its answer included.
const MODELS: Duration = Duration::from_secs(12);

/// Answers turns.
#[derive(Debug, Clone)]
pub struct Turns(pub App);

#[async_trait]
impl Handler for Turns {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: MessageReceived = delivery.data()?;
        let work = work(delivery, &event)?;
        // Before any lock is held: providers other than the built-in one take their time.
        let whose =
            Whose { office: work.office, contact: Some(event.contact_id), profile: event.profile_name.as_deref() };
        let speaker = Speaker { whose, conversation: Some(event.conversation_id), patience: MODELS };
        let understood = hear(&self.0, speaker, &event.message).await;
        let turn = in_parts(Turn::of(&event, understood));
        let knowledge = look_up(&self.0, whose, &turn, MODELS).await?;
        run(&self.0, &work, &turn, &knowledge).await?;
        Ok(())
    }
}

/// A turn that may begin a complaint, with further complaints in it set apart.
pub fn in_parts(turn: Turn) -> Turn {
    if turn.understood.guess != Intent::CreateComplaint || turn.choice().is_some() || !turn.has_words() {
        return turn;
    }
    let parts = understanding::parts(&turn.text);
    turn.in_parts(parts.into_iter().map(|part| Pending { text: part.text, understood: part.understood }).collect())
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
