//! Sends that never came to an end: first unconfirmed, then once more, then a person knows. And messages that WhatsApp
//! took and never delivered: it drops them silently, so we say it.

use chrono::{DateTime, Duration, Utc};
use platform::outbox::{AppendError, Cause};
use serde_json::{Value, json};
use tracing::warn;
use uuid::Uuid;

use super::progress::{News, tell};
use super::step::Step;
use super::store::{self, Outcome, Unsettled};
use crate::App;
use crate::conversations::store::{self as conversations, Standing};

/// One sweep.
pub async fn sweep(app: &App) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let before = |seconds: u32| now - Duration::seconds(seconds.into());
    let mut tx = app.ctx.db.all_offices("sends without an end").await?;
    let lost = store::stale_claims(&mut tx, before(app.config.send_claim_seconds)).await?;
    let silent = store::silent(&mut tx, before(app.config.send_unconfirmed_seconds)).await?;
    let undelivered = store::undelivered(&mut tx, now).await?;
    tx.commit().await?;
    if lost.is_empty() && silent.is_empty() && undelivered.is_empty() {
        return Ok(());
    }
    for (message, claim) in lost {
        give_up(app, &message, claim).await?;
    }
    for message in silent {
        again_or_person(app, &message, now).await?;
    }
    for message in undelivered {
        expire(app, &message).await?;
    }
    app.outgoing.notify_one();
    app.ctx.outbox.wake();
    Ok(())
}

async fn give_up(app: &App, message: &Unsettled, claim: Uuid) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(message.office).await?;
    conversations::lock(&mut tx, message.office, message.conversation_id).await?;
    let lost = Outcome::lost(app.ctx.clock.now());
    let moved = store::settle(&mut tx, message.office, message.id, claim, Step::Lost, &lost).await?;
    if !moved.is_empty() {
        warn!(message = %message.id, "a claimed send had no result; it is unconfirmed");
        app.metrics.sends.with_label_values(&["unconfirmed"]).inc();
    }
    let news = News { status: Step::Lost.to(), wamid: None, error: None, at: app.ctx.clock.now() };
    tell(app, &mut tx, message.office, message.conversation_id, &moved, &news, &Cause::none()).await?;
    Ok(tx.commit().await?)
}

async fn again_or_person(app: &App, message: &Unsettled, now: DateTime<Utc>) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(message.office).await?;
    let Some(locked) = conversations::lock(&mut tx, message.office, message.conversation_id).await? else {
        return Ok(());
    };
    let Some(resends) = store::resends(&mut tx, message.office, message.id).await? else { return Ok(()) };
    let (step, title) = if resends == 0 {
        warn!(message = %message.id, "WhatsApp reports others and not this one: it is sent once more");
        (Step::Again, None)
    } else {
        (Step::Unsettled, Some("Tidak ada kepastian terkirim; mohon diperiksa petugas"))
    };
    let error: Option<Value> = title.map(|title| json!([{"title": title}]));
    let outcome =
        Outcome { error: error.as_ref(), next_attempt_at: (resends == 0).then_some(now), ..Outcome::default() };
    let moved = store::step(&mut tx, message.office, message.id, step, &outcome).await?;
    app.metrics.sends.with_label_values(&[if resends == 0 { "repeated" } else { "failed" }]).inc();
    let news = News { status: step.to(), wamid: None, error: error.as_ref(), at: now };
    tell(app, &mut tx, message.office, locked.id, &moved, &news, &Cause::none()).await?;
    if step == Step::Unsettled && locked.status == "bot" {
        let standing = Standing {
            status: "waiting",
            epoch: locked.epoch,
            waiting_reason: Some("unconfirmed"),
            ..Standing::default()
        };
        conversations::stand(&app.ctx, &mut tx, message.office, locked.id, &standing, &Cause::none()).await?;
    }
    Ok(tx.commit().await?)
}

async fn expire(app: &App, message: &Unsettled) -> Result<(), AppendError> {
    let mut tx = app.ctx.db.office(message.office).await?;
    conversations::lock(&mut tx, message.office, message.conversation_id).await?;
    let error =
        json!([{"title": "Pesan tidak sampai ke ponsel warga dalam batas waktunya; WhatsApp tidak mencobanya lagi"}]);
    let moved = store::step(&mut tx, message.office, message.id, Step::Expired, &Outcome::error(&error)).await?;
    if !moved.is_empty() {
        app.metrics.sends.with_label_values(&["expired"]).inc();
    }
    let news = News { status: Step::Expired.to(), wamid: None, error: Some(&error), at: app.ctx.clock.now() };
    tell(app, &mut tx, message.office, message.conversation_id, &moved, &news, &Cause::none()).await?;
    Ok(tx.commit().await?)
}
