//! Starting and ending, in the caller's transaction.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::dto::channel::TakeoverState;
use contracts::events::conversation::{Holder, TakeoverEnded, TakeoverStarted};
use contracts::events::turn::{TurnClosed, TurnOutcome};
use contracts::office::OfficeSettings;
use contracts::{ConversationId, OfficeId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};
use tokio::time::Instant;
use tracing::info;

use super::{Lease, Start, store};
use crate::App;
use crate::conversations::store::{self as conversations, Locked, Standing};
use crate::sending::store as sending;

/// How long a start waits for bot messages that are being sent.
const WAIT_FOR_CALLS: Duration = Duration::from_secs(3);

/// The conversation has another holder.
#[derive(Debug)]
pub struct Held(pub Holder);

/// Gives the conversation to a person. A start by its holder renews the lease and raises nothing.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: &Locked,
    start: &Start<'_>,
    now: DateTime<Utc>,
) -> Result<Result<i64, Held>, AppendError> {
    let current =
        conversation.holder_id.clone().zip(conversation.holder_name.clone()).map(|(id, name)| Holder { id, name });
    match current {
        Some(holder) if holder.id == start.holder.id => {
            if store::renew(tx, office, conversation.id, &holder.id, start.lease).await? {
                conversations::changed(&app.ctx, tx, office, conversation.id, &Cause::none()).await?;
            }
            return Ok(Ok(conversation.epoch));
        }
        Some(holder) if !start.force => return Ok(Err(Held(holder))),
        Some(holder) => {
            store::end(tx, office, conversation.id, &start.holder.name, Some("forced"), now).await?;
            app.metrics.takeovers.with_label_values(&["forced"]).inc();
            info!(from = holder.id, to = start.holder.id, "a conversation was taken over by force");
        }
        None => {}
    }
    let epoch = conversation.epoch + 1;
    store::insert(tx, office, conversation.id, epoch, start, now, start.lease).await?;
    // What was collected or in flight is the person's now.
    for turn in crate::turns::store::close_all(tx, office, conversation.id, TurnOutcome::Refused, now).await? {
        let event = TurnClosed { turn_id: turn, conversation_id: conversation.id, outcome: TurnOutcome::Refused };
        outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await?;
    }
    let standing = Standing { status: "human", epoch, holder: Some(start.holder), ..Standing::default() };
    conversations::stand(&app.ctx, tx, office, conversation.id, &standing, &Cause::none()).await?;
    let event = TakeoverStarted {
        conversation_id: conversation.id,
        epoch,
        admin: start.holder.clone(),
        note: start.reason.map(str::to_owned),
    };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await?;
    Ok(Ok(epoch))
}

/// Gives the conversation back to the bot. `None`: nobody had it.
pub async fn end(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: &Locked,
    by: &str,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, AppendError> {
    let Some(holder) =
        conversation.holder_id.clone().zip(conversation.holder_name.clone()).map(|(id, name)| Holder { id, name })
    else {
        return Ok(None);
    };
    store::end(tx, office, conversation.id, by, note, now).await?;
    let epoch = conversation.epoch + 1;
    conversations::stand(
        &app.ctx,
        tx,
        office,
        conversation.id,
        &Standing { status: "bot", epoch, ..Standing::default() },
        &Cause::none(),
    )
    .await?;
    let event = TakeoverEnded { conversation_id: conversation.id, epoch, admin: holder, note: note.map(str::to_owned) };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await?;
    Ok(Some(epoch))
}

/// A word from a person: if they hold the conversation, the clock of their silence starts anew.
pub async fn heard(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    person: &str,
    settings: &OfficeSettings,
) -> Result<(), AppendError> {
    let lease = Lease::from(app.ctx.clock.now(), settings);
    if store::renew(tx, office, conversation, person, lease).await? {
        conversations::changed(&app.ctx, tx, office, conversation, &Cause::none()).await?;
    }
    Ok(())
}

/// Waits until no bot message is being sent in the conversation, three seconds at most. After the start has committed
/// no new call can begin: the sender's claim sees the new epoch.
pub async fn wait_for_calls(app: &App, office: OfficeId, conversation: ConversationId) -> Result<(), sqlx::Error> {
    let until = Instant::now() + WAIT_FOR_CALLS;
    loop {
        let mut tx = app.ctx.db.office(office).await?;
        let under_way = sending::bot_calls_under_way(&mut tx, office, conversation).await?;
        tx.commit().await?;
        if !under_way || Instant::now() >= until {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Who has it now.
pub async fn state(
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
) -> Result<Option<TakeoverState>, sqlx::Error> {
    let Some(view) = conversations::view(tx, office, conversation).await? else { return Ok(None) };
    let session = store::current(tx, office, conversation).await?;
    Ok(Some(TakeoverState {
        active: view.holder.is_some(),
        conversation_id: conversation,
        epoch: view.epoch,
        admin: view.holder,
        started_at: session.map(|(started_at, _)| started_at),
        expires_at: session.map(|(_, expires_at)| expires_at),
    }))
}
