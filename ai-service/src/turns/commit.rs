//! Stage (c): the dialogue, the inbox, the statistics and the answer in one transaction.

use contracts::events::turn::{HandoffRequested, ReplyReady};
use platform::bus::HandlerError;
use platform::outbox::{self, Cause};
use platform::{Tx, inbox};

use super::{Source, Stored, store};
use crate::App;
use crate::dialogue::{self, Conclusion};

/// The name under which turns stand in the inbox.
const CONSUMER: &str = "turns";

/// Ends a turn. `false`: it had ended already, and nothing was done.
pub async fn commit(app: &App, stored: &Stored, conclusion: &Conclusion) -> Result<bool, HandlerError> {
    let work = &stored.work;
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(work.office).await?;
    dialogue::store::lock(&mut tx, work.office, work.conversation_id, work.contact_id).await?;
    if !store::finish(&mut tx, stored, conclusion, now).await? {
        return Ok(false);
    }
    if let Some(event) = work.origin.event_id
        && !inbox::first_time(&mut tx, Some(work.office), CONSUMER, event).await?
    {
        return Ok(false);
    }
    dialogue::store::save(&mut tx, work.office, work.conversation_id, &conclusion.next).await?;
    let took = (now - work.origin.received_at).num_milliseconds().max(0);
    store::log(&mut tx, stored, &conclusion.outcome, took, now).await?;
    if work.origin.source == Source::Whatsapp {
        answer(app, &mut tx, stored, conclusion).await?;
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.metrics.count(conclusion, took);
    Ok(true)
}

async fn answer(app: &App, tx: &mut Tx, stored: &Stored, conclusion: &Conclusion) -> Result<(), HandlerError> {
    let work = &stored.work;
    let cause = Cause {
        correlation_id: work.origin.correlation_id.clone(),
        causation_id: work.origin.event_id.map(|id| id.to_string()),
    };
    if let Some(handoff) = &conclusion.handoff {
        let event = HandoffRequested {
            turn_id: work.turn_id,
            conversation_id: work.conversation_id,
            epoch: work.origin.epoch,
            reason: handoff.reason.clone(),
            summary: handoff.summary.clone(),
            text: Some(conclusion.reply.text.clone()),
        };
        outbox::append(&app.ctx, tx, work.office, &event, &cause).await?;
    } else {
        let event = ReplyReady {
            turn_id: work.turn_id,
            conversation_id: work.conversation_id,
            epoch: work.origin.epoch,
            reply: conclusion.reply.clone(),
            intent: stored.plan.intent,
            complaint_id: conclusion.complaint_id,
        };
        outbox::append(&app.ctx, tx, work.office, &event, &cause).await?;
    }
    Ok(())
}
