//! Delivers webhooks as WhatsApp does: concurrently, again until they get a 200, with decreasing frequency for 7 days.
//!
//! Called for every message and status. While the simulator lives nothing queued is lost; faults may delay, double,
//! shuffle or drop attempts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

use super::signature::sign;
use crate::clock::millis;
use crate::state::message::Status;
use crate::state::settings::{Chance, WebhookFaults};
use crate::state::{App, Shared};

const GIVEN_UP_AFTER_MS: i64 = 7 * 86_400_000;

/// A body on its way to an office.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub phone_number_id: String,
    pub body: Bytes,
    /// The message it tells about.
    pub wamid: String,
    /// `message`, or the name of the status.
    pub about: &'static str,
}

/// Queues a webhook; returns at once.
pub fn enqueue(app: &Shared, webhook: &Webhook) {
    let faults = {
        let mut world = app.world();
        let faults = world.faults.webhook.clone();
        if webhook.about != "message" && faults.lose_statuses.strikes() {
            world.webhooks.lost += 1;
            return;
        }
        world.webhooks.queued += 1;
        faults
    };
    for _ in 0..=faults.duplicate.0 {
        app.world().webhooks.pending += 1;
        let wait = held_back(&faults);
        let (app, webhook) = (Arc::clone(app), webhook.clone());
        app.clone().tasks.spawn(async move {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            until_taken(&app, &webhook).await;
            app.world().webhooks.pending -= 1;
        });
    }
}

fn held_back(faults: &WebhookFaults) -> Duration {
    let shuffle = if faults.reorder { rand::random::<u64>() % 400 } else { 0 };
    Duration::from_millis(faults.delay_ms + shuffle)
}

async fn until_taken(app: &App, webhook: &Webhook) {
    let queued_at = app.clock.now_ms();
    for attempt in 0_usize.. {
        let woken = app.retry_now.notified();
        if attempt_once(app, webhook, attempt + 1).await {
            taken(app, webhook);
            return;
        }
        if app.clock.now_ms() - queued_at > GIVEN_UP_AFTER_MS {
            app.world().webhooks.given_up += 1;
            return;
        }
        let retries = &app.config.retries;
        let wait = retries.get(attempt).or(retries.last()).copied().unwrap_or(Duration::from_mins(1));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = woken => {}
            () = app.stop.cancelled() => return,
        }
    }
}

/// The citizen's phone shows two ticks once the office has the message.
fn taken(app: &App, webhook: &Webhook) {
    let mut world = app.world();
    world.webhooks.delivered += 1;
    if webhook.about == "message"
        && let Some(message) = world.keep_status(&webhook.wamid, Status::Delivered, None)
    {
        drop(world);
        app.events.emit("status", &json!({"wamid": message.wamid, "wa_id": message.citizen, "status": "delivered"}));
    }
}

async fn attempt_once(app: &App, webhook: &Webhook, attempt: usize) -> bool {
    let Ok(_slot) = app.webhook_slots.acquire().await else { return false };
    let target = target(app, &webhook.phone_number_id);
    let dropped = {
        let mut world = app.world();
        let dropped = Chance(world.faults.webhook.drop_rate).strikes();
        world.webhooks.attempts += 1;
        world.webhooks.dropped += u64::from(dropped);
        dropped
    };
    let started = Instant::now();
    let outcome = match target {
        _ if dropped => Err("dropped on purpose".to_owned()),
        None => Err("no webhook address is set (SIM_WEBHOOK_URL)".to_owned()),
        Some(url) => post(app, url, webhook.body.clone(), Some(signature_of(app, &webhook.body))).await,
    };
    let accepted = outcome == Ok(200);
    if !accepted {
        app.world().webhooks.failures += 1;
    }
    let body = if attempt == 1 { serde_json::from_slice(&webhook.body).unwrap_or(Value::Null) } else { Value::Null };
    app.events.emit(
        "webhook",
        &json!({"wamid": webhook.wamid, "about": webhook.about, "attempt": attempt, "body": body,
                "status": outcome.as_ref().ok(), "error": outcome.as_ref().err(), "ms": millis(started.elapsed())}),
    );
    accepted
}

pub fn signature_of(app: &App, body: &[u8]) -> String {
    sign(app.config.app_secret.expose_secret(), body)
}

/// The number's own address, else the common one.
pub fn target(app: &App, phone_number_id: &str) -> Option<Url> {
    let world = app.world();
    let own = world.number(phone_number_id).and_then(|number| number.webhook_url.clone());
    own.or_else(|| world.settings.webhook_url.clone())
}

/// One POST; the HTTP status, or why there is none.
pub async fn post(app: &App, url: Url, body: Bytes, signature: Option<String>) -> Result<u16, String> {
    let mut request = app.client.post(url).header("content-type", "application/json").body(body);
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) if error.is_timeout() => Err("no answer in 10 s".to_owned()),
        Err(error) if error.is_connect() => Err("no connection".to_owned()),
        Err(_) => Err("the connection broke".to_owned()),
    }
}
