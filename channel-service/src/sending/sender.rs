//! The sender: claims, calls, settles. Conversations in parallel, each in its own order.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::events::conversation::StatusChanged;
use contracts::message::{Author, MessageStatus};
use contracts::{ConversationId, MessageId, OfficeId};
use futures_util::StreamExt;
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{debug, error, warn};
use uuid::Uuid;

use super::graph::Answer;
use super::outcome::{Class, classify, pause};
use super::store::{self, Next, Outcome, Unsettled};
use crate::App;
use crate::contacts;
use crate::conversations::store::{self as conversations, Locked, Standing};
use crate::inbound::status::{self as inbound_status, Report};

/// Looks this often for what nobody woke it for.
const POLL: Duration = Duration::from_millis(250);
/// Looks this often for sends that never came to an end.
const SWEEP: Duration = Duration::from_secs(1);
/// Graph calls at the same time.
const PARALLEL: usize = 32;
/// A call that does not begin within this time of its claim does not begin: a takeover waits no longer for it.
const BEGIN_WITHIN: Duration = Duration::from_secs(2);

/// Runs until the stop. A call that hangs holds up its own conversation and nobody else's.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let mut swept = Instant::now();
    // Tasks of their own: they hold connections, and must go on while this loop waits for one.
    let mut under_way = JoinSet::new();
    let mut busy = HashSet::new();
    while !app.ctx.tasks.shutdown().is_cancelled() {
        let pause = match look(&app, PARALLEL - under_way.len()).await {
            Ok((waiting, pause)) => {
                for (office, conversation) in waiting {
                    if busy.insert(conversation) {
                        let app = app.clone();
                        under_way.spawn(async move { (conversation, send_next(&app, office, conversation).await) });
                    }
                }
                pause
            }
            Err(error) => {
                debug!(error = &error as &dyn std::error::Error, "sending waits: the database is away");
                POLL
            }
        };
        if swept.elapsed() >= SWEEP {
            swept = Instant::now();
            if let Err(error) = sweep(&app).await {
                debug!(error = &error as &dyn std::error::Error, "the sweep waits: the database is away");
            }
        }
        tokio::select! {
            Some(ended) = under_way.join_next() => done(&app, &mut busy, ended?),
            () = tokio::time::sleep(pause) => {}
            () = app.outgoing.notified() => {}
            () = app.ctx.tasks.shutdown().cancelled() => {}
        }
    }
    // What was claimed is brought to its end.
    while let Some(ended) = under_way.join_next().await {
        done(&app, &mut busy, ended?);
    }
    Ok(())
}

fn done(
    app: &App,
    busy: &mut HashSet<ConversationId>,
    (conversation, sent): (ConversationId, Result<(), AppendError>),
) {
    busy.remove(&conversation);
    app.ctx.outbox.wake();
    if let Err(error) = sent {
        debug!(error = &error as &dyn std::error::Error, "a send waits: the database is away");
    }
}

/// Conversations with something to send now, and how long to wait for the next.
async fn look(app: &App, places: usize) -> Result<(Vec<(OfficeId, ConversationId)>, Duration), AppendError> {
    if places == 0 {
        return Ok((Vec::new(), POLL));
    }
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("sender").await?;
    let waiting = store::waiting(&mut tx, now, i64::try_from(places).unwrap_or(1)).await?;
    let next = store::next_attempt(&mut tx).await?;
    tx.commit().await?;
    let until_next = next.map_or(POLL, |at| (at - now).to_std().unwrap_or(POLL));
    Ok((waiting, until_next.clamp(Duration::from_millis(5), POLL)))
}

/// Sends what may go now, to its end: one turn of the loop, for tests that drive it by hand.
pub async fn round(app: &App) -> Result<(), AppendError> {
    let (waiting, _) = look(app, 256).await?;
    let sends = waiting.into_iter().map(|(office, conversation)| send_next(app, office, conversation));
    let results: Vec<Result<(), AppendError>> =
        futures_util::stream::iter(sends).buffer_unordered(PARALLEL).collect().await;
    app.ctx.outbox.wake();
    results.into_iter().collect()
}

/// A message that is ours to send now. Only [`claim`] makes one: the fence was passed.
struct Claimed {
    message: Next,
    claim: Uuid,
    number: crate::numbers::Number,
    to: (String, bool),
    begun_by: Instant,
}

/// Claims and sends a conversation's next message.
async fn send_next(app: &App, office: OfficeId, conversation: ConversationId) -> Result<(), AppendError> {
    let Some(claimed) = claim(app, office, conversation).await? else { return Ok(()) };
    let token = match app.numbers.token(&claimed.number) {
        Ok(token) => token,
        Err(broken) => {
            let error = json!([{"code": 190, "title": broken.to_string()}]);
            return settle(app, office, conversation, &claimed, &Outcome::failed(&error)).await;
        }
    };
    if Instant::now() > claimed.begun_by {
        // The fence may have risen since the claim: back in the queue, nothing was sent.
        let back = Outcome { next_attempt_at: Some(app.ctx.clock.now()), ..Outcome::of(MessageStatus::Queued) };
        return settle(app, office, conversation, &claimed, &back).await;
    }
    let timer = app.metrics.graph_seconds.start_timer();
    let message = &claimed.message;
    let number = &claimed.number.phone_number_id.0;
    let answer = app.graph.send(number, &token, &claimed.to, message.id, &message.kind, &message.payload).await;
    timer.observe_duration();
    sort(app, office, conversation, &claimed, answer).await
}

/// The fence: under the conversation's lock, a bot message of another epoch is discarded, never sent.
async fn claim(app: &App, office: OfficeId, conversation: ConversationId) -> Result<Option<Claimed>, AppendError> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(office).await?;
    let Some(locked) = conversations::lock(&mut tx, office, conversation).await? else { return Ok(None) };
    let Some(message) = store::next(&mut tx, office, conversation, now).await? else { return Ok(None) };
    if message.author == Author::Bot && (message.epoch != locked.epoch || locked.status == "human") {
        discard(app, &mut tx, office, &locked, message.id, now).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let number = app.numbers.of_office(&mut tx, office, Some(&locked.phone_number_id)).await?;
    let to = contacts::address(&mut tx, office, message.contact_id).await?;
    let (Some(number), Some(to)) = (number, to) else {
        let error = json!([{"code": 0, "title": "The number or the citizen's address is not known any more"}]);
        change(app, &mut tx, office, conversation, message.id, &Outcome::failed(&error)).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let claim = Uuid::now_v7();
    store::claim(&mut tx, office, message.id, claim, now).await?;
    let begun_by = Instant::now() + BEGIN_WITHIN;
    tx.commit().await?;
    Ok(Some(Claimed { message, claim, number, to, begun_by }))
}

async fn discard(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    locked: &Locked,
    id: MessageId,
    at: DateTime<Utc>,
) -> Result<(), AppendError> {
    debug!(message = %id, %at, "a bot message was overtaken by a person and is discarded");
    app.metrics.sends.with_label_values(&["discarded"]).inc();
    change(app, tx, office, locked.id, id, &Outcome::of(MessageStatus::Discarded)).await
}

/// Sorts what came of a call.
async fn sort(
    app: &App,
    office: OfficeId,
    conversation: ConversationId,
    claimed: &Claimed,
    answer: Answer,
) -> Result<(), AppendError> {
    let tries = |n: i32| u32::try_from(n).unwrap_or(0) + 1;
    let (attempts, refusals) = (tries(claimed.message.attempts), tries(claimed.message.refusals));
    let refused = matches!(answer, Answer::Refused { .. });
    let later =
        |pause: Duration| app.ctx.clock.now() + chrono::Duration::from_std(pause).unwrap_or(chrono::Duration::hours(1));
    let (status, wamid, error, next, word) = match answer {
        Answer::Accepted { wamid } => (MessageStatus::Sent, Some(wamid), None, None, "sent"),
        Answer::Unreached(why) => {
            debug!(why, "the Graph API was not reached");
            (MessageStatus::Queued, None, None, Some(later(pause(attempts).min(Duration::from_secs(15)))), "retried")
        }
        Answer::Unknown(why) => {
            warn!(message = %claimed.message.id, why, "a send had no answer; a status will settle it");
            (MessageStatus::Unconfirmed, None, None, None, "unconfirmed")
        }
        Answer::Refused { code, error } => match classify(code) {
            Class::Retry { times } if refusals <= times => {
                (MessageStatus::Queued, None, Some(json!([error])), Some(later(pause(refusals))), "retried")
            }
            Class::Wait(long) if refusals <= 3 => {
                (MessageStatus::Queued, None, Some(json!([error])), Some(later(long)), "retried")
            }
            class => {
                if class == Class::Account {
                    error!(
                        code,
                        "the account or token is refused: no message of this number goes out until it is mended"
                    );
                }
                (MessageStatus::Failed, None, Some(json!([error])), None, "failed")
            }
        },
    };
    app.metrics.sends.with_label_values(&[word]).inc();
    let outcome = Outcome { status, wamid: wamid.as_deref(), error: error.as_ref(), next_attempt_at: next, refused };
    settle(app, office, conversation, claimed, &outcome).await
}

async fn settle(
    app: &App,
    office: OfficeId,
    conversation: ConversationId,
    claimed: &Claimed,
    outcome: &Outcome<'_>,
) -> Result<(), AppendError> {
    let id = claimed.message.id;
    let mut tx = app.ctx.db.office(office).await?;
    // The same order of locks as the intake: conversation, then message.
    conversations::lock(&mut tx, office, conversation).await?;
    if store::settle(&mut tx, office, id, claimed.claim, outcome).await? {
        if outcome.status != MessageStatus::Queued {
            tell(app, &mut tx, office, conversation, id, outcome).await?;
        }
    } else if let Some(wamid) = outcome.wamid {
        store::keep_wamid(&mut tx, office, id, wamid).await?;
    }
    if let Some(wamid) = outcome.wamid {
        // What WhatsApp reported before it answered.
        for early in store::take_early(&mut tx, office, wamid).await? {
            if let Some(tracked) = store::find_for_status(&mut tx, office, wamid, Some(id)).await? {
                let report = Report { status: early.status, wamid, errors: &early.errors, at: early.at };
                inbound_status::apply(app, &mut tx, &tracked, &report, &Cause::none()).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Sets a status outside of a claim, and tells.
async fn change(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    id: MessageId,
    outcome: &Outcome<'_>,
) -> Result<(), AppendError> {
    store::set_status(tx, office, id, outcome).await?;
    tell(app, tx, office, conversation, id, outcome).await
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    id: MessageId,
    outcome: &Outcome<'_>,
) -> Result<(), AppendError> {
    let seq = conversations::next_change(tx, office, conversation).await?;
    conversations::note_change(tx, office, conversation, seq, Some(id)).await?;
    let event = StatusChanged {
        message_id: id,
        conversation_id: conversation,
        wamid: outcome.wamid.map(str::to_owned),
        status: outcome.status,
        errors: outcome.error.map(inbound_status::send_errors).unwrap_or_default(),
        at: app.ctx.clock.now(),
    };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await?;
    Ok(())
}

/// Sends that never came to an end: first unconfirmed, then once more, then a person knows.
pub async fn sweep(app: &App) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let before = |seconds: u32| now - chrono::Duration::seconds(seconds.into());
    let claimed_before = before(app.config.send_claim_seconds);
    let mut tx = app.ctx.db.all_offices("sends without an end").await?;
    let lost = store::stale_claims(&mut tx, claimed_before).await?;
    let silent = store::silent(&mut tx, before(app.config.send_unconfirmed_seconds)).await?;
    tx.commit().await?;
    let some = !lost.is_empty() || !silent.is_empty();
    for message in lost {
        give_up(app, &message, claimed_before).await?;
    }
    for message in silent {
        again_or_person(app, &message, now).await?;
    }
    if some {
        app.outgoing.notify_one();
        app.ctx.outbox.wake();
    }
    Ok(())
}

async fn give_up(app: &App, message: &Unsettled, claimed_before: DateTime<Utc>) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(message.office).await?;
    conversations::lock(&mut tx, message.office, message.conversation_id).await?;
    if store::give_up(&mut tx, message.office, message.id, claimed_before).await? {
        warn!(message = %message.id, "a claimed send had no result; it is unconfirmed");
        tell(
            app,
            &mut tx,
            message.office,
            message.conversation_id,
            message.id,
            &Outcome::of(MessageStatus::Unconfirmed),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

async fn again_or_person(app: &App, message: &Unsettled, now: DateTime<Utc>) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(message.office).await?;
    let Some(locked) = conversations::lock(&mut tx, message.office, message.conversation_id).await? else {
        return Ok(());
    };
    match store::resends(&mut tx, message.office, message.id).await? {
        None => {}
        Some(0) => {
            warn!(message = %message.id, "WhatsApp reports others and not this one: it is sent once more");
            store::resend(&mut tx, message.office, message.id, now).await?;
            tell(app, &mut tx, message.office, locked.id, message.id, &Outcome::of(MessageStatus::Queued)).await?;
        }
        Some(_) => {
            let error = json!([{"code": 0, "title": "Tidak ada kepastian terkirim; mohon diperiksa petugas"}]);
            change(app, &mut tx, message.office, locked.id, message.id, &Outcome::failed(&error)).await?;
            if locked.status == "bot" {
                let standing = Standing {
                    status: "waiting",
                    epoch: locked.epoch,
                    waiting_reason: Some("unconfirmed"),
                    ..Standing::default()
                };
                conversations::stand(&app.ctx, &mut tx, message.office, locked.id, &standing, &Cause::none()).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}
