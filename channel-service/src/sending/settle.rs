//! What came of a call, and what becomes of its message.

use std::time::Duration;

use chrono::{DateTime, Duration as Span, Utc};
use contracts::OfficeId;
use platform::outbox::{AppendError, Cause};
use serde_json::{Value, json};
use tracing::{debug, warn};

use super::claim::Claimed;
use super::errors::{Verdict, decide, meaning, pause};
use super::graph::Answer;
use super::pace::Rate;
use super::progress::{News, Report, report, tell};
use super::step::Step;
use super::store::{self, Outcome};
use super::upload::Missing;
use crate::App;
use crate::conversations::store as conversations;
use crate::numbers::problem;

/// WhatsApp keeps trying to deliver for so long, unless the message says otherwise.
const TTL: Span = Span::days(30);
/// Statuses are on their way for a moment, too.
const MARGIN: Span = Span::minutes(5);
/// The longest pause while nothing reaches WhatsApp.
const UNREACHED: Duration = Duration::from_secs(15);
/// Over its throughput a number rests as a whole.
const BREATHE: Span = Span::seconds(1);
const THROUGHPUT: i64 = 130_429;

fn tries(before: i32) -> u32 {
    u32::try_from(before).unwrap_or(0) + 1
}

fn later(app: &App, pause: Duration) -> DateTime<Utc> {
    app.ctx.clock.now() + Span::from_std(pause).unwrap_or(Span::hours(1))
}

/// Sorts what came of a call.
pub async fn sort(app: &App, office: OfficeId, claimed: &Claimed, answer: Answer) -> Result<(), AppendError> {
    let message = &claimed.message;
    match answer {
        Answer::Accepted { wamid } => {
            let ttl = message.ttl_seconds.map_or(TTL, |seconds| Span::seconds(seconds.into()));
            // Reactions are only ever reported as sent.
            let delivers = message.kind != "reaction";
            let outcome = Outcome {
                wamid: Some(&wamid),
                undelivered_after: delivers.then(|| app.ctx.clock.now() + ttl + MARGIN),
                ..Outcome::default()
            };
            settle(app, office, claimed, Step::Accepted, "sent", &outcome).await
        }
        Answer::Unreached(why) => {
            debug!(why, "the Graph API was not reached");
            let at = later(app, pause(tries(message.attempts)).min(UNREACHED));
            settle(app, office, claimed, Step::PutBack, "retried", &Outcome::at(at)).await
        }
        Answer::Unknown(why) => {
            warn!(message = %message.id, why, "a send had no answer; a status will settle it");
            settle(app, office, claimed, Step::Lost, "unconfirmed", &Outcome::lost(app.ctx.clock.now())).await
        }
        Answer::Refused { code, subcode, error } => refused(app, office, claimed, code, subcode, error).await,
    }
}

async fn refused(
    app: &App,
    office: OfficeId,
    claimed: &Claimed,
    code: i64,
    subcode: Option<i64>,
    error: Value,
) -> Result<(), AppendError> {
    let meaning = meaning(code, subcode);
    let error = json!([error]);
    if code == THROUGHPUT {
        let rate = Rate::per_second(claimed.number.rate_per_second);
        app.desk.pause(&claimed.number.phone_number_id.0, rate, app.ctx.clock.now() + BREATHE);
    }
    let outcome = Outcome { refused: true, ..Outcome::error(&error) };
    match decide(meaning.class, tries(claimed.message.refusals)) {
        Verdict::Later { pause, long } => {
            let outcome = Outcome { next_attempt_at: Some(later(app, pause)), may_be_overtaken: long, ..outcome };
            settle(app, office, claimed, Step::PutBack, "retried", &outcome).await
        }
        Verdict::StopNumber => {
            // The message is not at fault: it waits with its reason until the number goes on.
            let outcome = Outcome { refused: false, next_attempt_at: Some(app.ctx.clock.now()), ..outcome };
            settle(app, office, claimed, Step::PutBack, "stopped", &outcome).await?;
            problem::stop(app, &claimed.number, code, meaning.explanation).await
        }
        Verdict::Fail => settle(app, office, claimed, Step::Refused, "failed", &outcome).await,
    }
}

/// Back in line, as if it had never been claimed: nothing was sent.
pub async fn put_back(app: &App, office: OfficeId, claimed: &Claimed) -> Result<(), AppendError> {
    settle(app, office, claimed, Step::PutBack, "put_back", &Outcome::at(app.ctx.clock.now())).await
}

async fn settle(
    app: &App,
    office: OfficeId,
    claimed: &Claimed,
    step: Step,
    word: &str,
    outcome: &Outcome<'_>,
) -> Result<(), AppendError> {
    app.metrics.sends.with_label_values(&[word]).inc();
    let id = claimed.message.id;
    let mut tx = app.ctx.db.office(office).await?;
    // The same order of locks as the intake: conversation, then message.
    // A merge may have made it part of another conversation since.
    let locked = conversations::lock(&mut tx, office, claimed.conversation).await?;
    let conversation = locked.map_or(claimed.conversation, |locked| locked.id);
    let moved = store::settle(&mut tx, office, id, claimed.claim, step, outcome).await?;
    if !moved.is_empty() {
        // A message that goes back is news only if there is a reason to see.
        if step != Step::PutBack || outcome.error.is_some() {
            let news = News { status: step.to(), wamid: outcome.wamid, error: outcome.error, at: app.ctx.clock.now() };
            tell(app, &mut tx, office, conversation, &moved, &news, &Cause::none()).await?;
        }
    } else if let Some(wamid) = outcome.wamid {
        store::keep_wamid(&mut tx, office, id, wamid).await?;
    }
    if let Some(wamid) = outcome.wamid {
        // What WhatsApp reported before it answered.
        for early in store::take_early(&mut tx, office, wamid).await? {
            if let Some(tracked) = store::find_for_status(&mut tx, office, wamid, Some(id)).await? {
                let early = Report { status: early.status, wamid, errors: &early.errors, at: early.at };
                report(app, &mut tx, &tracked, &early, &Cause::none()).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// A message whose file can't go to WhatsApp: it fails before it is claimed.
pub async fn fail_unclaimed(app: &App, missing: &Missing, error: &Value) -> Result<(), AppendError> {
    app.metrics.sends.with_label_values(&["failed"]).inc();
    let mut tx = app.ctx.db.office(missing.office).await?;
    conversations::lock(&mut tx, missing.office, missing.conversation).await?;
    let moved = store::step(&mut tx, missing.office, missing.message, Step::Refused, &Outcome::error(error)).await?;
    let news = News { status: Step::Refused.to(), wamid: None, error: Some(error), at: app.ctx.clock.now() };
    tell(app, &mut tx, missing.office, missing.conversation, &moved, &news, &Cause::none()).await?;
    tx.commit().await?;
    Ok(())
}

/// A message whose file could not be handed over now.
pub async fn postpone_unclaimed(
    app: &App,
    missing: &Missing,
    pause: Duration,
    refused: bool,
) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(missing.office).await?;
    conversations::lock(&mut tx, missing.office, missing.conversation).await?;
    store::postpone(&mut tx, missing.office, missing.message, later(app, pause), refused).await?;
    tx.commit().await?;
    Ok(())
}

/// WhatsApp refuses the file of a message.
pub async fn refuse_unclaimed(
    app: &App,
    missing: &Missing,
    code: i64,
    subcode: Option<i64>,
    error: &Value,
) -> Result<(), AppendError> {
    let meaning = meaning(code, subcode);
    match decide(meaning.class, tries(missing.refusals)) {
        Verdict::Later { pause, .. } => postpone_unclaimed(app, missing, pause, true).await,
        Verdict::StopNumber => problem::stop(app, &missing.number, code, meaning.explanation).await,
        Verdict::Fail => fail_unclaimed(app, missing, &json!([error])).await,
    }
}
