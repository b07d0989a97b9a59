//! The assistant's answers: `ai.reply.ready` and `ai.handoff.requested` end a turn, if nothing ended it before.

use async_trait::async_trait;
use contracts::events::turn::{HandoffRequested, ReplyReady, TurnClosed, TurnOutcome};
use contracts::message::Reply;
use contracts::{ConversationId, OfficeId, TurnId};
use platform::bus::{Delivery, Handler, HandlerError};
use platform::{Tx, inbox, outbox};
use tracing::info;

use super::{store, words};
use crate::App;
use crate::conversations::store::{self as conversations, Locked, Standing};
use crate::messages::outgoing::{self, Outgoing};

/// Handles `ai.reply.ready`.
#[derive(Debug, Clone)]
pub struct Replies(pub App);

/// Handles `ai.handoff.requested`.
#[derive(Debug, Clone)]
pub struct Handoffs(pub App);

#[async_trait]
impl Handler for Replies {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: ReplyReady = delivery.data()?;
        let end = End {
            turn: event.turn_id,
            conversation: event.conversation_id,
            epoch: event.epoch,
            outcome: TurnOutcome::Replied,
        };
        let Some((mut tx, office, conversation)) = begin(&self.0, delivery, &end).await? else { return Ok(()) };
        outgoing::put(
            &self.0,
            &mut tx,
            office,
            &conversation,
            Outgoing::reply(&event.reply, event.turn_id),
            &delivery.cause(),
        )
        .await?;
        finish(&self.0, tx, office, &end, delivery).await
    }
}

#[async_trait]
impl Handler for Handoffs {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: HandoffRequested = delivery.data()?;
        let end = End {
            turn: event.turn_id,
            conversation: event.conversation_id,
            epoch: event.epoch,
            outcome: TurnOutcome::HandedOff,
        };
        let Some((mut tx, office, conversation)) = begin(&self.0, delivery, &end).await? else { return Ok(()) };
        let settings = self.0.ctx.offices.settings(&self.0.ctx.db, office).await?;
        let english = event.text.as_deref().is_some_and(words::is_english);
        let own = event.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        // The assistant's own words say when somebody answers.
        let text =
            own.map(str::to_owned).or_else(|| words::with_opening(None, &settings, english, self.0.ctx.clock.now()));
        if let Some(text) = text {
            let reply = Outgoing::reply(&Reply::text(text), event.turn_id);
            outgoing::put(&self.0, &mut tx, office, &conversation, reply, &delivery.cause()).await?;
        }
        let standing = Standing {
            status: "waiting",
            epoch: conversation.epoch,
            waiting_reason: Some(&event.reason),
            summary: Some(&event.summary),
            ..Standing::default()
        };
        conversations::stand(&self.0.ctx, &mut tx, office, conversation.id, &standing, &delivery.cause()).await?;
        finish(&self.0, tx, office, &end, delivery).await
    }
}

/// How an answer wants to end a turn.
struct End {
    turn: TurnId,
    conversation: ConversationId,
    epoch: i64,
    outcome: TurnOutcome,
}

/// Locks the conversation and ends the turn. `None`: it was ended before, or a person has the conversation now.
async fn begin(app: &App, delivery: &Delivery, end: &End) -> Result<Option<(Tx, OfficeId, Locked)>, HandlerError> {
    let office = delivery.office()?;
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(office).await?;
    if !inbox::first_time(&mut tx, Some(office), "turn answers", delivery.attributes.id).await? {
        return Ok(None);
    }
    let Some(conversation) = conversations::lock(&mut tx, office, end.conversation).await? else {
        return Err(HandlerError::Reject(anyhow::anyhow!(
            "the answer is for a conversation that this office does not have"
        )));
    };
    let fenced = conversation.status == "human" || conversation.epoch != end.epoch;
    let outcome = if fenced { TurnOutcome::Refused } else { end.outcome };
    let closed = store::close(&mut tx, office, end.turn, outcome, now).await?;
    if closed && !fenced {
        return Ok(Some((tx, office, conversation)));
    }
    info!(turn = %end.turn, fenced, "an answer came too late and is refused");
    app.metrics.turns.with_label_values(&["refused"]).inc();
    if closed {
        let event = TurnClosed { turn_id: end.turn, conversation_id: end.conversation, outcome };
        outbox::append(&app.ctx, &mut tx, office, &event, &delivery.cause()).await?;
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.turns.notify_one();
    Ok(None)
}

/// Tells how the turn ended, and lets sender and scheduler go on.
async fn finish(app: &App, mut tx: Tx, office: OfficeId, end: &End, delivery: &Delivery) -> Result<(), HandlerError> {
    let event = TurnClosed { turn_id: end.turn, conversation_id: end.conversation, outcome: end.outcome };
    outbox::append(&app.ctx, &mut tx, office, &event, &delivery.cause()).await?;
    tx.commit().await?;
    app.metrics.turns.with_label_values(&[end.outcome.as_str()]).inc();
    app.ctx.outbox.wake();
    app.outgoing.notify_one();
    app.turns.notify_one();
    Ok(())
}
