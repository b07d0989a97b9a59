//! Handing notifications to channel-service.
//!
//! Several instances share the work: each claims what is due under a lease, one notification per citizen at a time and
//! in order, and hands it over with the notification's id as idempotency key, so that a crash between the call and the
//! commit leads to the same answer and not to a second message. While channel-service is away notifications wait, for
//! days if need be; what it refuses fails, with its words as the reason.

pub mod store;

use std::time::Duration;

use contracts::dto::channel::MessageAccepted;
use contracts::events::notification::NotificationFailed;
use contracts::{NotificationId, OfficeId};
use futures_util::StreamExt;
use platform::http::client::{Call, CallError};
use platform::outbox::{self, AppendError, Cause};
use serde_json::json;
use tracing::{debug, error, warn};

use self::store::Due;
use crate::notifications::Status;
use crate::notifications::store as notifications;
use crate::{App, statuses};

/// How often to look for what nobody woke us for: other instances' work, crashes, back-off that is over.
const POLL: Duration = Duration::from_secs(1);
/// Claimed at once.
const BATCH: i64 = 32;
/// Calls at the same time.
const CONCURRENCY: usize = 8;
/// The longest pause between two tries of one notification.
const LONGEST_PAUSE: i64 = 30;

/// What a round found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// How many were claimed.
    pub claimed: usize,
    /// How many have to wait because channel-service is away.
    pub postponed: usize,
}

/// Delivers until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    while !app.ctx.tasks.shutdown().is_cancelled() {
        let more = match round(&app).await {
            // The next of a citizen's notifications may be due now.
            Ok(round) => round.claimed > round.postponed,
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "deliveries wait: the database is away");
                false
            }
        };
        if !more {
            tokio::select! {
                () = app.to_send.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = app.ctx.tasks.shutdown().cancelled() => {}
            }
        }
    }
    Ok(())
}

/// Claims what is due and hands it over.
pub async fn round(app: &App) -> Result<Round, sqlx::Error> {
    let claimed = store::claim(&app.ctx.db, app.ctx.clock.now(), BATCH).await?;
    let mut round = Round { claimed: claimed.len(), postponed: 0 };
    let mut outcomes = futures_util::stream::iter(claimed).map(|due| hand_over(app, due)).buffer_unordered(CONCURRENCY);
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(Handed::Settled) => {}
            Ok(Handed::Postponed) => round.postponed += 1,
            // The lease runs out and the same call is made again, with the same key.
            Err(error) => {
                round.postponed += 1;
                warn!(error = &error as &dyn std::error::Error, "a delivery's outcome could not be stored");
            }
        }
    }
    Ok(round)
}

enum Handed {
    Settled,
    Postponed,
}

async fn hand_over(app: &App, due: Due) -> Result<Handed, AppendError> {
    let body = json!({"contact_id": due.contact, "type": "text", "text": {"body": due.text}});
    let call = Call::office(due.office).key(key(due.id, due.round));
    let answer = app.channel.post::<_, MessageAccepted>("/internal/messages/send", &body, &call).await;
    let (outcome, handed) = match &answer {
        Ok(_) => ("accepted", Handed::Settled),
        Err(error) if is_final(error) => ("refused", Handed::Settled),
        Err(_) => ("unavailable", Handed::Postponed),
    };
    app.metrics.attempts.with_label_values(&[outcome]).inc();
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(due.office).await?;
    let detail = answer.as_ref().err().map(ToString::to_string);
    store::note_attempt(&mut tx, due.office, due.id, outcome, detail.as_deref(), now).await?;
    match answer {
        Ok(accepted) => {
            statuses::store::lock_message(&mut tx, accepted.message_id).await?;
            if store::accept(&mut tx, due.office, due.id, accepted.message_id, now).await? {
                catch_up(app, &mut tx, due.office, accepted).await?;
            }
        }
        Err(error) if is_final(&error) => {
            let reason = detail.unwrap_or_default();
            if store::fail(&mut tx, due.office, due.id, &reason, now).await? {
                let event =
                    NotificationFailed { notification_id: due.id, contact_id: due.contact, kind: due.kind, reason };
                outbox::append(&app.ctx, &mut tx, due.office, &event, &Cause::none()).await?;
            }
        }
        Err(error) => {
            if error.status().is_some() {
                error!(error = &error as &dyn std::error::Error, "channel-service does not let us in; deliveries wait");
            } else {
                debug!(error = &error as &dyn std::error::Error, "a delivery waits");
            }
            let pause = chrono::Duration::seconds(back_off(due.tries));
            store::postpone(&mut tx, due.office, due.id, detail.as_deref(), now, now + pause).await?;
        }
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(handed)
}

/// What was reported about the message before we knew its id.
async fn catch_up(
    app: &App,
    tx: &mut platform::Tx,
    office: OfficeId,
    accepted: MessageAccepted,
) -> Result<(), AppendError> {
    let early = statuses::store::take_early(tx, office, accepted.message_id).await?;
    // A repeated call is answered as the first one was; what is known by then is better than `queued`.
    let reported = early.or_else(|| Some((Status::reported(accepted.status)?, None)));
    let Some((status, reason)) = reported else { return Ok(()) };
    let Some(standing) = notifications::lock_by_message(tx, office, accepted.message_id).await? else { return Ok(()) };
    statuses::advance(app, tx, office, &standing, status, reason.as_deref(), &Cause::none()).await
}

/// The first round's key is the notification's id; a later round is another message.
fn key(id: NotificationId, round: i32) -> String {
    if round == 1 { id.to_string() } else { format!("{id}:{round}") }
}

/// Whether trying again is no use. Not being let in is our misconfiguration, being too fast passes: both can wait.
fn is_final(error: &CallError) -> bool {
    match error.status() {
        Some(401 | 403 | 408 | 425 | 429) | None => false,
        Some(status) => (400..500).contains(&status),
    }
}

/// Seconds until the next try: 1, 2, 4 … 30.
fn back_off(tries: i32) -> i64 {
    1_i64.checked_shl(u32::try_from(tries).unwrap_or(0).min(30)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let pauses: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 100, i32::MAX].into_iter().map(back_off).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
    }
}
