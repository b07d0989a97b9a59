//! `POST /{version}/{phone_number_id}/messages`: accept or refuse, then let the statuses play.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::check::{self, Address, Outgoing};
use super::errors::GraphError;
use super::{access, receipts, wamid};
use crate::state::message::{Direction, Message, Status};
use crate::state::world::{Number, World};
use crate::state::{App, Shared};
use crate::webhooks::statuses;

pub async fn post(
    State(app): State<Shared>,
    Path((version, phone_number_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let outcome = handle(&app, &version, &phone_number_id, &headers, &request);
    let (status, answer) = match &outcome {
        Ok(answer) => (StatusCode::OK, answer.clone()),
        Err(error) => {
            refused(&app, &phone_number_id, error.code);
            (error.status(), error.body())
        }
    };
    let faults = app.world().faults.clone();
    let is_message = answer.get("messages").is_some();
    let dropped = is_message && faults.drop_responses.strikes();
    app.events.emit(
        "graph",
        &json!({"method": "POST", "path": format!("/{version}/{phone_number_id}/messages"), "request": request,
                "status": status.as_u16(), "response": answer, "dropped": dropped}),
    );
    if let Some(delay) = faults.send_delay_ms.filter(|_| is_message) {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if dropped {
        // Ends the connection's task without a word: the caller sees the connection close, as when a network fails
        // between acceptance and answer. Unlike a panic, this prints nothing.
        resume_unwind(Box::new("the answer is dropped on purpose"));
    }
    (status, Json(answer)).into_response()
}

fn handle(app: &Shared, version: &str, id: &str, headers: &HeaderMap, request: &Value) -> Result<Value, GraphError> {
    access::version(version)?;
    access::token(app, headers)?;
    let number = access::number(app, "post", id)?;
    if request.get("status").is_some() {
        return receipts::read(app, &number, request);
    }
    let outgoing = check::message(request)?;
    send(app, &number, outgoing, request)
}

/// Everything that needs the world: the recipient, the faults, the limits, and keeping the message.
fn send(app: &Shared, number: &Number, outgoing: Outgoing, request: &Value) -> Result<Value, GraphError> {
    let now = app.clock.now_ms();
    let mut world = app.world();
    let (citizen, contact) = recipient(&mut world, number, &outgoing.address)?;
    if let Some(id) = &outgoing.media_id
        && !world.media.contains_key(id)
    {
        return Err(GraphError::parameter(&format!("Param {}['id'] is not a valid media ID", outgoing.kind)));
    }
    if let Some(fault) = world.faults.send_error
        && rand::random::<f64>() < fault.rate
    {
        return Err(GraphError::of(fault.code, "The simulator was told to refuse this send."));
    }
    let settings = world.settings.clone();
    if !world.rates.number_passes(&settings, &number.phone_number_id, now) {
        return Err(GraphError::throughput());
    }
    if !world.rates.pair_passes(settings.pair_limit, &number.phone_number_id, &citizen, now) {
        return Err(GraphError::pair());
    }
    let failure = failure(&world, number, &citizen, &outgoing, request, now);
    let wamid = wamid::new(&citizen, Direction::Outbound);
    let message = Message {
        wamid: wamid.clone(),
        phone_number_id: number.phone_number_id.clone(),
        citizen: citizen.clone(),
        direction: Direction::Outbound,
        kind: outgoing.kind,
        status: Status::Accepted,
        at_ms: now,
        error: None,
        callback: outgoing.callback,
        raw: request.clone(),
    };
    let view = message.view();
    world.keep_message(message);
    world.senders.entry(number.phone_number_id.clone()).or_default().sent(now);
    world.recipients.entry(citizen).or_default().sent(now);
    drop(world);
    app.events.emit("message", &view);
    app.tasks.spawn(statuses::play(Arc::clone(app), wamid.clone(), failure));
    let mut accepted = json!({"id": wamid});
    if request["type"] == "template" {
        accepted["message_status"] = "accepted".into();
    }
    Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]}))
}

/// The citizen's key, and the contact of the answer.
fn recipient(world: &mut World, number: &Number, address: &Address) -> Result<(String, Value), GraphError> {
    match address {
        Address::User(id) => {
            let citizen = world.known(id).map_or_else(|| id.clone(), |citizen| citizen.key.clone());
            Ok((citizen, json!({"input": id, "user_id": id})))
        }
        Address::Phone { input, digits, plus } => {
            let own: String = number.display_phone_number.chars().filter(char::is_ascii_digit).collect();
            let country = own.get(..2).unwrap_or_default();
            // Without a plus sign, what does not resolve as it stands is read as a national number.
            let wa_id = if *plus || world.known(digits).is_some() || digits.starts_with(country) {
                digits.clone()
            } else {
                format!("{country}{}", digits.trim_start_matches('0'))
            };
            if wa_id == own {
                return Err(GraphError::of(131_021, "Sender and recipient phone number is the same."));
            }
            let contact = json!({"input": input, "wa_id": wa_id});
            Ok((wa_id, contact))
        }
    }
}

/// What WhatsApp finds out only after accepting, and tells by a `failed` status.
fn failure(
    world: &World,
    number: &Number,
    citizen: &str,
    outgoing: &Outgoing,
    request: &Value,
    now: i64,
) -> Option<i64> {
    let told = world.known(citizen).and_then(|citizen| citizen.fail_with);
    let target = &request["reaction"]["message_id"];
    let stale = outgoing.kind == "reaction"
        && world.message(target.as_str().unwrap_or_default()).is_none_or(|target| now - target.at_ms > 30 * 86_400_000);
    let unfit =
        outgoing.media_id.as_ref().and_then(|id| world.media.get(id)).is_some_and(|media| {
            outgoing.kind != "interactive" && !super::media::fits(&outgoing.kind, &media.mime_type)
        });
    if told.is_some() {
        told
    } else if outgoing.kind != "template" && world.window_closed(&number.phone_number_id, citizen, now) {
        Some(131_047)
    } else if stale {
        Some(131_009)
    } else {
        unfit.then_some(131_053)
    }
}

fn refused(app: &App, phone_number_id: &str, code: i64) {
    let mut world = app.world();
    if world.number(phone_number_id).is_some() {
        *world.senders.entry(phone_number_id.to_owned()).or_default().refused.entry(code).or_default() += 1;
    }
}
