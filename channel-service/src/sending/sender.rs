//! The sender: looks for what is next, claims, calls, settles. Conversations in parallel, each in its own order; for one
//! number only the instance that holds its lease.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::message::Author;
use contracts::{ConversationId, OfficeId};
use futures_util::StreamExt;
use platform::outbox::AppendError;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{debug, info};

use super::claim::{Claimed, Claiming, claim};
use super::graph::Answer;
use super::pace::Rate;
use super::store::{self, Line};
use super::sweep::sweep;
use super::{settle, upload};
use crate::App;
use crate::numbers::problem;

/// Looks this often for what nobody woke it for.
const POLL: Duration = Duration::from_millis(250);
/// Looks this often for sends that never came to an end.
const SWEEP: Duration = Duration::from_secs(1);
/// Graph calls at the same time.
const PARALLEL: usize = 32;
/// How long an instance that died keeps others waiting.
const LEASE: Duration = Duration::from_secs(10);
/// Renewed when less than this is left.
const RENEW_BELOW: chrono::Duration = chrono::Duration::seconds(6);
/// Another instance sent until now: its last second is not in our bucket.
const AFTER_ANOTHER: chrono::Duration = chrono::Duration::seconds(1);

/// Runs until the stop. A call that hangs holds up its own conversation and nobody else's.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let mut swept = Instant::now();
    // Tasks of their own: they hold connections, and must go on while this loop waits for one.
    let mut under_way = JoinSet::new();
    let mut busy = HashSet::new();
    while !app.ctx.tasks.shutdown().is_cancelled() {
        let pause = match look(&app, PARALLEL - under_way.len(), &busy).await {
            Ok((due, pause)) => {
                for (office, conversation) in due {
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
    release(&app).await;
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

/// Lets another instance go on at once.
async fn release(app: &App) {
    let Ok(mut tx) = app.ctx.db.all_offices("sender").await else { return };
    if store::release(&mut tx, app.desk.me).await.is_ok() {
        // If this fails the leases run out by themselves.
        let _ = tx.commit().await;
    }
}

/// Conversations that may send now, a token of their number taken, and how long to wait for the next.
async fn look(
    app: &App,
    places: usize,
    busy: &HashSet<ConversationId>,
) -> Result<(Vec<(OfficeId, ConversationId)>, Duration), AppendError> {
    if places == 0 {
        return Ok((Vec::new(), POLL));
    }
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("sender").await?;
    let lines = store::lines(&mut tx).await?;
    let mine = hold(app, &mut tx, &lines, now).await?;
    let rate_of = |number: &str| {
        let line = mine.iter().find(|line| line.phone_number_id == number);
        Rate::per_second(line.map_or(1, |line| line.rate_per_second))
    };
    let mut next: Option<DateTime<Utc>> = None;
    let mut sooner = |at: DateTime<Utc>| next = Some(next.map_or(at, |next| next.min(at)));
    let mut ready = Vec::new();
    for line in &mine {
        match app.desk.next(&line.phone_number_id, Rate::per_second(line.rate_per_second), now) {
            None => ready.push(line.phone_number_id.clone()),
            Some(at) => sooner(at),
        }
    }
    let limit = i64::try_from(places + busy.len()).unwrap_or(1);
    let waiting = if ready.is_empty() { Vec::new() } else { store::waiting(&mut tx, &ready, now, limit).await? };
    tx.commit().await?;

    let mut due = Vec::new();
    for waiting in waiting.iter().filter(|waiting| !busy.contains(&waiting.conversation)) {
        if waiting.at > now || due.len() == places {
            sooner(waiting.at.max(now));
            break;
        }
        match app.desk.take(&waiting.number, rate_of(&waiting.number), now) {
            Ok(()) => due.push((waiting.office, waiting.conversation)),
            Err(at) => sooner(at),
        }
    }
    let until_next = next.map_or(POLL, |at| (at - now).to_std().unwrap_or(Duration::ZERO));
    Ok((due, until_next.clamp(Duration::from_millis(5), POLL)))
}

/// Takes or keeps the leases of numbers that nobody else has; answers those that may send.
async fn hold(app: &App, tx: &mut platform::Tx, lines: &[Line], now: DateTime<Utc>) -> Result<Vec<Line>, AppendError> {
    let me = app.desk.me;
    app.metrics.numbers_stopped.set(lines.iter().filter(|line| line.stopped).count().try_into().unwrap_or(i64::MAX));
    let held =
        |line: &Line, until: DateTime<Utc>| line.holder == Some(me) && line.held_until.is_some_and(|at| at > until);
    let mine: Vec<&Line> = lines.iter().filter(|line| held(line, now + RENEW_BELOW)).collect();
    let free: Vec<String> = lines
        .iter()
        .filter(|line| !held(line, now + RENEW_BELOW))
        .filter(|line| line.holder == Some(me) || line.held_until.is_none_or(|until| until <= now))
        .map(|line| line.phone_number_id.clone())
        .collect();
    let taken = if free.is_empty() { Vec::new() } else { store::hold(tx, me, &free, now, LEASE).await? };
    let mut sending = Vec::new();
    for line in lines {
        let new = taken.contains(&line.phone_number_id);
        if new && line.holder.is_some_and(|holder| holder != me) {
            info!(number = line.phone_number_id, "the instance that sent for this number is gone; this one goes on");
            app.desk.pause(&line.phone_number_id, Rate::per_second(line.rate_per_second), now + AFTER_ANOTHER);
        }
        if !new && !mine.iter().any(|own| own.phone_number_id == line.phone_number_id) {
            continue;
        }
        if !line.stopped || problem::other_token(app, tx, line).await? {
            sending.push(line.clone());
        }
    }
    Ok(sending)
}

/// Sends what may go now, to its end: one turn of the loop, for tests that drive it by hand.
pub async fn round(app: &App) -> Result<(), AppendError> {
    let (due, _) = look(app, 256, &HashSet::new()).await?;
    let sends = due.into_iter().map(|(office, conversation)| send_next(app, office, conversation));
    let results: Vec<Result<(), AppendError>> =
        futures_util::stream::iter(sends).buffer_unordered(PARALLEL).collect().await;
    app.ctx.outbox.wake();
    results.into_iter().collect()
}

/// Claims and sends a conversation's next message; its file first, if it has one of ours.
async fn send_next(app: &App, office: OfficeId, conversation: ConversationId) -> Result<(), AppendError> {
    // A file is uploaded at most once per look: a second one waits for the next.
    for _ in 0..2 {
        match claim(app, office, conversation).await? {
            Claiming::Nothing => return Ok(()),
            Claiming::Claimed(claimed) => return call(app, office, &claimed).await,
            Claiming::Upload(missing) => {
                if !upload::upload(app, &missing).await? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

async fn call(app: &App, office: OfficeId, claimed: &Claimed) -> Result<(), AppendError> {
    let token = match app.numbers.token(&claimed.number) {
        Ok(token) => token,
        Err(broken) => {
            let error = json!({"code": 190, "title": broken.to_string()});
            return settle::sort(app, office, claimed, Answer::Refused { code: 190, subcode: None, error }).await;
        }
    };
    // The fence may have risen since the claim: back in the queue, nothing was sent.
    if claimed.message.author == Author::Bot && Instant::now() > claimed.begun_by {
        return settle::put_back(app, office, claimed).await;
    }
    let timer = app.metrics.graph_seconds.start_timer();
    let message = &claimed.message;
    let number = &claimed.number.phone_number_id.0;
    let answer = app.graph.send(number, &token, &claimed.to, message.id, &message.kind, &message.payload).await;
    timer.observe_duration();
    settle::sort(app, office, claimed, answer).await
}
