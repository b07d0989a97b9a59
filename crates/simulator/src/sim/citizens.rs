//! `/sim/citizens`: writing as a citizen, reading as a citizen, and the state of the phone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::compose::compose;
use super::services;
use crate::graph::wamid;
use crate::problem::{Problem, parse};
use crate::state::message::{Direction, Message, Status};
use crate::state::world::{Citizen, Number, is_user_id};
use crate::state::{App, Shared};
use crate::webhooks::delivery::{Webhook, enqueue};
use crate::webhooks::{envelope, statuses};

#[derive(Debug, Deserialize)]
pub struct Which {
    phone_number_id: Option<String>,
    name: Option<String>,
}

/// `POST /sim/citizens/{wa_id}/messages`
pub async fn say(
    State(app): State<Shared>,
    Path(wa_id): Path<String>,
    Query(which): Query<Which>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let key = key(&wa_id)?;
    let said: Value = parse(&body)?;
    let (message, webhook) = write(&app, &key, &which, said)?;
    let wamid = message.wamid.clone();
    app.events.emit("message", &message.view());
    enqueue(&app, &webhook);
    services::follow(&app, message);
    Ok(Json(json!({"wamid": wamid})))
}

fn write(app: &App, key: &str, which: &Which, said: Value) -> Result<(Message, Webhook), Problem> {
    let now = app.clock.now_ms();
    let mut world = app.world();
    let number = match &which.phone_number_id {
        None => world.numbers[0].clone(),
        Some(id) => world.number(id).cloned().ok_or_else(|| Problem::not_found(format!("no number {id}")))?,
    };
    if let Some(name) = &which.name {
        let citizen = Citizen { name: name.clone(), ..world.citizen(key).clone() };
        world.keep_citizen(citizen);
    }
    let mut object = compose(app, &mut world, &number, key, said)?;
    let citizen = world.citizen(key).clone();
    let wamid = wamid::new(key, Direction::Inbound);
    object["id"] = wamid.clone().into();
    object["timestamp"] = (now / 1000).to_string().into();
    object["from_user_id"] = citizen.user_id().into();
    if citizen.has_phone() {
        object["from"] = citizen.key.clone().into();
    }
    let body = envelope::message(&number, &citizen, &object);
    let message = inbound(&number, key, now, object);
    let settings = world.settings.clone();
    world.rates.number_passes(&settings, &number.phone_number_id, now);
    world.senders.entry(number.phone_number_id.clone()).or_default().inbound += 1;
    world.recipients.entry(key.to_owned()).or_default().inbound += 1;
    world.keep_message(message.clone());
    Ok((message, Webhook { phone_number_id: number.phone_number_id, body, wamid, about: "message" }))
}

/// A citizen's message from its webhook object.
pub fn inbound(number: &Number, citizen: &str, at_ms: i64, object: Value) -> Message {
    Message {
        wamid: object["id"].as_str().unwrap_or_default().to_owned(),
        phone_number_id: number.phone_number_id.clone(),
        citizen: citizen.to_owned(),
        direction: Direction::Inbound,
        kind: object["type"].as_str().unwrap_or("unknown").to_owned(),
        status: Status::Sent,
        at_ms,
        error: None,
        callback: None,
        raw: object,
    }
}

/// `GET /sim/citizens/{wa_id}/messages`: at one number, or at all when none is named.
pub async fn read(
    State(app): State<Shared>,
    Path(wa_id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    let key = key(&wa_id)?;
    let world = app.world();
    let key = world.known(&key).map_or(key.as_str(), |citizen| citizen.key.as_str());
    let data: Vec<Value> = world.conversation(key, which.phone_number_id.as_deref()).map(Message::view).collect();
    Ok(Json(json!({"data": data})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    name: Option<String>,
    online: Option<bool>,
    open: Option<bool>,
    fail_with: Option<i64>,
}

/// `PUT /sim/citizens/{wa_id}`: switches the phone on or off, puts it away, renames its owner, lets sends to it fail
/// (`fail_with: 0` heals).
pub async fn change(State(app): State<Shared>, Path(wa_id): Path<String>, body: Bytes) -> Result<Json<Value>, Problem> {
    let key = key(&wa_id)?;
    let phone: Phone = parse(&body)?;
    let citizen = {
        let mut world = app.world();
        let mut citizen = world.citizen(&key).clone();
        citizen.name = phone.name.unwrap_or(citizen.name);
        citizen.online = phone.online.unwrap_or(citizen.online);
        citizen.open = phone.open.unwrap_or(citizen.open);
        citizen.fail_with = phone.fail_with.map_or(citizen.fail_with, |code| (code != 0).then_some(code));
        world.keep_citizen(citizen.clone());
        citizen
    };
    statuses::catch_up(&app, &citizen.key);
    let view = view(&citizen);
    app.events.emit("citizen", &view);
    Ok(Json(view))
}

/// `GET /sim/citizens`
pub async fn list(State(app): State<Shared>) -> Json<Value> {
    let data: Vec<Value> = app.world().citizens.values().map(view).collect();
    Json(json!({"data": data}))
}

pub fn view(citizen: &Citizen) -> Value {
    json!({"wa_id": citizen.key, "user_id": citizen.user_id(), "name": citizen.name, "online": citizen.online,
           "open": citizen.open, "fail_with": citizen.fail_with})
}

/// A WhatsApp id as digits, or a user id.
fn key(wa_id: &str) -> Result<String, Problem> {
    let digits = wa_id.trim_start_matches('+');
    if is_user_id(wa_id) || ((5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(digits.to_owned());
    }
    Err(Problem::invalid("a citizen is a WhatsApp id (digits) or a user id (ID.…)"))
}
