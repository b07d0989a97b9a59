//! Numbers, settings, faults, counters and the big reset.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::citizens;
use crate::problem::{Problem, parse};
use crate::state::Shared;
use crate::state::counters::Tally;
use crate::state::settings::{Faults, Settings, SettingsChange};
use crate::state::world::Number;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewNumber {
    phone_number_id: String,
    display_phone_number: String,
    name: String,
    waba_id: Option<String>,
    webhook_url: Option<Url>,
}

/// `POST /sim/numbers`
pub async fn add_number(State(app): State<Shared>, body: Bytes) -> Result<(StatusCode, Json<Number>), Problem> {
    let new: NewNumber = parse(&body)?;
    if new.phone_number_id.is_empty() || !new.phone_number_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::invalid("`phone_number_id` must be digits"));
    }
    let mut world = app.world();
    let number = Number {
        phone_number_id: new.phone_number_id,
        display_phone_number: new.display_phone_number,
        name: new.name,
        waba_id: new.waba_id.unwrap_or_else(|| world.numbers[0].waba_id.clone()),
        webhook_url: new.webhook_url,
    };
    world.keep_number(number.clone());
    drop(world);
    app.events.emit("number", &json!(number));
    Ok((StatusCode::CREATED, Json(number)))
}

/// `GET /sim/numbers`
pub async fn numbers(State(app): State<Shared>) -> Json<Value> {
    Json(json!({"data": app.world().numbers}))
}

/// `GET /sim/settings`
pub async fn settings(State(app): State<Shared>) -> Json<Settings> {
    Json(app.world().settings.clone())
}

/// `PUT /sim/settings`: what is named changes, the rest stays.
pub async fn change_settings(State(app): State<Shared>, body: Bytes) -> Result<Json<Settings>, Problem> {
    let change: SettingsChange = parse(&body)?;
    let mut world = app.world();
    world.settings.apply(change);
    world.rates.forget();
    let settings = world.settings.clone();
    drop(world);
    app.retry_now.notify_waiters();
    app.events.emit("settings", &json!(settings));
    Ok(Json(settings))
}

/// `GET /sim/faults`
pub async fn faults(State(app): State<Shared>) -> Json<Faults> {
    Json(app.world().faults.clone())
}

/// `PUT /sim/faults`: the whole set; `{}` heals.
pub async fn change_faults(State(app): State<Shared>, body: Bytes) -> Result<Json<Faults>, Problem> {
    let faults: Faults = parse(&body)?;
    app.world().faults = faults.clone();
    app.events.emit("faults", &json!(faults));
    Ok(Json(faults))
}

/// `GET /sim/stats`
pub async fn stats(State(app): State<Shared>) -> Json<Value> {
    let now = app.clock.now_ms();
    let world = app.world();
    let view = |tallies: &std::collections::BTreeMap<String, Tally>| -> serde_json::Map<String, Value> {
        tallies.iter().map(|(key, tally)| (key.clone(), tally.view(now))).collect()
    };
    Json(json!({
        "simulator": true, "senders": view(&world.senders), "recipients": view(&world.recipients),
        "webhooks": world.webhooks, "messages": world.messages().len(), "citizens": world.citizens.len(),
    }))
}

/// `POST /sim/webhooks/retry`: every waiting webhook tries again now.
pub async fn retry(State(app): State<Shared>) -> StatusCode {
    app.retry_now.notify_waiters();
    StatusCode::NO_CONTENT
}

/// `POST /sim/reset`: forgets conversations, counters and faults; numbers and settings stay.
pub async fn reset(State(app): State<Shared>) -> StatusCode {
    {
        let mut world = app.world();
        let pending = world.webhooks.pending;
        world.forget_everything();
        // Webhooks on their way still arrive, and count themselves off.
        world.webhooks.pending = pending;
    }
    app.events.clear();
    app.events.emit("reset", &Value::Null);
    StatusCode::NO_CONTENT
}

/// `GET /sim/state`: what the page needs to begin.
pub async fn state(State(app): State<Shared>) -> Json<Value> {
    let world = app.world();
    let people: Vec<Value> = world.citizens.values().rev().take(40).map(citizens::view).collect();
    Json(json!({
        "simulator": true, "numbers": world.numbers, "citizens": people, "settings": world.settings,
        "faults": world.faults, "dashboard_url": app.config.dashboard_url,
        "services": super::services::names(&app),
        "traced": app.config.channel_url.is_some() && app.config.internal_api_key.is_some(),
    }))
}
