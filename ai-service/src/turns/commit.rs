//! Stage (c): the dialogue, the inbox, the statistics and the answer in one transaction.

use chrono::{DateTime, Utc};
use contracts::events::turn::{HandoffRequested, ReplyReady};
use platform::bus::HandlerError;
use platform::outbox::{self, Cause};
use platform::{Tx, inbox};

use super::{Source, Stored, Work, store};
use crate::dialogue::{self, Conclusion, Deed, Step, StepResult};
use crate::knowledge::unanswered;
use crate::{App, complaints, personal, privacy, takeovers};

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
    neighbours(&mut tx, stored, now).await?;
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

/// What the turn settles beside the dialogue: the takeover that it has read, the officers' question that it answered,
/// the question that nobody could answer.
async fn neighbours(tx: &mut Tx, stored: &Stored, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let Work { office, conversation_id, .. } = stored.work;
    if let Some(epoch) = stored.plan.handback {
        takeovers::store::read(tx, office, conversation_id, epoch).await?;
    }
    for (step, result) in stored.plan.steps.iter().zip(&stored.results) {
        if let (Step::Follow { number, deed: Deed::Answer { .. }, .. }, StepResult::Followed) = (step, result) {
            complaints::store::answered(tx, office, &number.to_string()).await?;
        }
    }
    if let Some(question) = &stored.plan.unanswered {
        let names = privacy::store::around(tx, office, Some(stored.work.contact_id)).await?;
        let known = personal::find_known(question, names.iter().map(String::as_str));
        let nameless = personal::replace(question, &known, |_, _| "…".to_owned());
        unanswered::record(tx, office, &nameless, now).await?;
    }
    Ok(())
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
