//! `POST /sim/webhooks`: a body of one's own, signed and delivered once, as it is.
//!
//! Messages in it count as written by their citizens: they show on the phone and open the window, as they would have
//! done in reality.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::citizens::inbound;
use crate::problem::Problem;
use crate::state::Shared;
use crate::webhooks::delivery::{post, signature_of, target};

#[derive(Debug, Deserialize)]
pub struct How {
    sign: Option<bool>,
    phone_number_id: Option<String>,
}

pub async fn deliver(
    State(app): State<Shared>,
    Query(how): Query<How>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let told = parsed["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"].as_str().map(str::to_owned);
    let number = how.phone_number_id.or(told).unwrap_or_default();
    let Some(url) = target(&app, &number) else {
        return Err(Problem::new(StatusCode::CONFLICT, "no-webhook-url", "no webhook address is set"));
    };
    let signature = match headers.get("x-sim-signature").map(|given| given.to_str()) {
        Some(Ok(given)) => Some(given.to_owned()),
        Some(Err(_)) => return Err(Problem::invalid("x-sim-signature must be ASCII")),
        None if how.sign == Some(false) => None,
        None => Some(signature_of(&app, &body)),
    };
    let status = post(&app, url, body, signature)
        .await
        .map_err(|why| Problem::new(StatusCode::BAD_GATEWAY, "undelivered", why))?;
    if status == 200 {
        keep(&app, &parsed);
    }
    app.events.emit(
        "webhook",
        &json!({"wamid": null, "about": "raw", "attempt": 1, "body": parsed, "status": status, "error": null, "ms": 0}),
    );
    Ok(Json(json!({"status": status})))
}

fn keep(app: &Shared, body: &Value) {
    let changes = body["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|entry| entry["changes"].as_array().into_iter().flatten());
    for value in changes.map(|change| &change["value"]) {
        let id = value["metadata"]["phone_number_id"].as_str().unwrap_or_default();
        let Some(number) = app.world().number(id).cloned() else { continue };
        for object in value["messages"].as_array().into_iter().flatten() {
            let from = object["from"].as_str().or_else(|| object["from_user_id"].as_str());
            let (Some(from), true) = (from, object["id"].is_string()) else { continue };
            let seconds = object["timestamp"].as_str().and_then(|text| text.parse::<i64>().ok());
            let at_ms = seconds.map_or_else(
                || app.clock.now_ms(),
                |seconds| if seconds > 100_000_000_000 { seconds } else { seconds * 1000 },
            );
            let message = inbound(&number, from, at_ms, object.clone());
            let view = message.view();
            let fresh = app.world().keep_message(message);
            if fresh {
                app.events.emit("message", &view);
            }
        }
    }
}
