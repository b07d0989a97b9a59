//! Closing bursts and watching deadlines.

use std::time::Duration;

use contracts::events::turn::{MessageReceived, TurnClosed, TurnOutcome};
use contracts::message::Reply;
use platform::outbox::{self, AppendError, Cause};
use tracing::{debug, info, warn};

use super::store::{self, Due};
use super::{typing, words};
use crate::App;
use crate::conversations::store::{self as conversations, Standing};
use crate::media;
use crate::messages;
use crate::messages::outgoing::{self, Outgoing};

/// Looks this often for bursts of other instances.
const POLL: Duration = Duration::from_millis(250);
/// Turns per look.
const BATCH: i64 = 200;
/// After an outage a turn in flight gets at least this long.
const AFTER_OUTAGE: chrono::Duration = chrono::Duration::seconds(30);
/// Looks this often whether a file that a turn waits for has come.
const FILE_POLL: chrono::Duration = chrono::Duration::milliseconds(500);

/// Runs until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let mut outage = false;
    loop {
        let pause = match tick(&app, &mut outage).await {
            Ok(pause) => pause,
            Err(error) => {
                if !outage {
                    warn!(error = &error as &dyn std::error::Error, "turns wait: the database is away");
                }
                outage = true;
                POLL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.turns.notified() => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// One look. Answers how long to wait for the next.
pub async fn tick(app: &App, outage: &mut bool) -> Result<Duration, AppendError> {
    let up = app.ctx.bus.is_up();
    if !up {
        *outage = true;
    }
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("turn scheduler").await?;
    if up && *outage {
        let extended = store::extend(&mut tx, now + AFTER_OUTAGE).await?;
        info!(extended, "the broker and the database are back; deadlines stood still meanwhile");
        *outage = false;
    }
    let due = store::due(&mut tx, now, BATCH).await?;
    // While the broker is away no deadline passes: the answer may be on its way.
    let overdue = if up { store::overdue(&mut tx, now, BATCH).await? } else { Vec::new() };
    let next = store::next_due(&mut tx).await?;
    tx.commit().await?;

    for turn in &due {
        launch(app, turn).await?;
    }
    for turn in &overdue {
        expire(app, turn).await?;
    }
    typing::refresh(app, now).await?;
    if !due.is_empty() || !overdue.is_empty() {
        app.ctx.outbox.wake();
    }
    if i64::try_from(due.len()).is_ok_and(|n| n == BATCH) {
        return Ok(Duration::ZERO);
    }
    let until_next = next.map_or(POLL, |at| (at - app.ctx.clock.now()).to_std().unwrap_or(Duration::from_millis(5)));
    Ok(until_next.clamp(Duration::from_millis(5), POLL))
}

/// Publishes a turn, once.
async fn launch(app: &App, due: &Due) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let settings = app.ctx.offices.settings(&app.ctx.db, due.office).await?;
    let mut tx = app.ctx.db.office(due.office).await?;
    let Some(conversation) = conversations::lock(&mut tx, due.office, due.conversation).await? else { return Ok(()) };
    let deadline_at = now + chrono::Duration::seconds(settings.turn_deadline_seconds.into());
    // What is said with a photo or voice note is answered with it.
    let patience = chrono::Duration::seconds(settings.media_wait_seconds.into());
    if media::store::in_work(&mut tx, due.office, conversation.id).await?
        && store::wait_for_media(&mut tx, due.office, due.id, now, patience, FILE_POLL).await?
    {
        return Ok(tx.commit().await?);
    }
    if conversation.status == "human" {
        // Whoever has it answers; afterwards nobody may answer what they have seen.
        if store::close(&mut tx, due.office, due.id, TurnOutcome::Refused, now).await? {
            info!(turn = %due.id, "a turn is refused: a person has the conversation");
        }
        return Ok(tx.commit().await?);
    }
    if !store::launch(&mut tx, due.office, due.id, conversation.epoch, deadline_at, now).await? {
        return Ok(());
    }
    let said = store::messages(&mut tx, due.office, due.id).await?;
    let Some(last) = said.last().map(|message| message.message_id) else {
        // Erased meanwhile: there is nothing to answer.
        store::close(&mut tx, due.office, due.id, TurnOutcome::Refused, now).await?;
        return Ok(tx.commit().await?);
    };
    let view = conversations::view(&mut tx, due.office, due.conversation).await?;
    let (wa_user_id, profile_name) = view.map(|view| (view.wa_user_id, view.name)).unwrap_or_default();
    let event = MessageReceived {
        turn_id: due.id,
        conversation_id: due.conversation,
        contact_id: conversation.contact_id,
        epoch: conversation.epoch,
        wa_user_id: wa_user_id.unwrap_or_default(),
        message_id: last,
        message: said.iter().filter_map(|message| message.text.as_deref()).collect::<Vec<_>>().join("\n"),
        messages: said,
        phone_number_id: conversation.phone_number_id,
        profile_name,
        deadline_at,
    };
    let cause = Cause { correlation_id: Some(due.id.to_string()), causation_id: None };
    outbox::append(&app.ctx, &mut tx, due.office, &event, &cause).await?;
    let read = messages::store::view(&mut tx, due.office, last).await?.and_then(|message| message.wamid);
    if let Some(wamid) = &read {
        store::typing(&mut tx, due.office, due.id, wamid, now).await?;
    }
    tx.commit().await?;
    if let Some(wamid) = read {
        typing::show(app, due.office, event.phone_number_id.clone(), wamid);
    }
    debug!(turn = %due.id, messages = event.messages.len(), "a turn is in flight");
    Ok(())
}

/// Ends a turn that nobody answered: an honest text for the citizen, a handoff for staff.
async fn expire(app: &App, due: &Due) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let settings = app.ctx.offices.settings(&app.ctx.db, due.office).await?;
    let mut tx = app.ctx.db.office(due.office).await?;
    let Some(conversation) = conversations::lock(&mut tx, due.office, due.conversation).await? else { return Ok(()) };
    if !store::close(&mut tx, due.office, due.id, TurnOutcome::Expired, now).await? {
        return Ok(());
    }
    let cause = Cause { correlation_id: Some(due.id.to_string()), causation_id: None };
    if conversation.status != "human" {
        let said = store::messages(&mut tx, due.office, due.id).await?;
        let said: Vec<&str> = said.iter().filter_map(|message| message.text.as_deref()).collect();
        let text = words::holding(&settings, words::is_english(&said.join("\n")), now);
        let holding = Outgoing::reply(&Reply::text(text), due.id);
        outgoing::put(app, &mut tx, due.office, &conversation, holding, &cause).await?;
        let standing = Standing {
            status: "waiting",
            epoch: conversation.epoch,
            waiting_reason: Some("deadline"),
            ..Standing::default()
        };
        conversations::stand(&app.ctx, &mut tx, due.office, due.conversation, &standing, &cause).await?;
    }
    let event = TurnClosed { turn_id: due.id, conversation_id: due.conversation, outcome: TurnOutcome::Expired };
    outbox::append(&app.ctx, &mut tx, due.office, &event, &cause).await?;
    tx.commit().await?;
    app.outgoing.notify_one();
    app.metrics.turns.with_label_values(&["expired"]).inc();
    warn!(turn = %due.id, "a turn had no answer before its deadline");
    Ok(())
}
