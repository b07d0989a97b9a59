//! `GET` and `POST /webhook/whatsapp`.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::EventId;
use contracts::envelope::Attributes;
use contracts::events::{WEBHOOK_ACCEPTED, WEBHOOK_STATUSES};
use http::{HeaderMap, StatusCode, header};
use platform::bus::Outgoing;
use platform::http::{Problem, Query};
use platform::trace::TraceContext;
use secrecy::ExposeSecret;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tracing::{error, warn};

use super::{holds_only_statuses, is_signed, spool};
use crate::App;

/// Longer than this and the broker counts as away; Meta asks for a median of 250 ms.
const CONFIRM_WITHIN: Duration = Duration::from_millis(300);
/// Meta sends up to 3 MB.
pub const MAX_WEBHOOK: usize = 4 * 1024 * 1024;
/// A challenge is a number; more is not echoed.
const MAX_CHALLENGE: usize = 256;

/// What Meta asks when the webhook is set up.
#[derive(Debug, Deserialize)]
pub struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// Echoes the challenge to whoever knows the token.
#[utoipa::path(get, path = "/webhook/whatsapp", tag = "webhook", security(()),
    params(("hub.mode" = String, Query), ("hub.verify_token" = String, Query), ("hub.challenge" = String, Query)),
    responses((status = 200, description = "The challenge, as text/plain"), (status = 403, description = "Wrong token")))]
pub async fn verify(State(app): State<App>, Query(asked): Query<Verification>) -> Result<Response, Problem> {
    let token = asked.verify_token.unwrap_or_default();
    let known = token.as_bytes().ct_eq(app.config.whatsapp_verify_token.expose_secret().as_bytes());
    let challenge = asked.challenge.unwrap_or_default();
    if asked.mode.as_deref() != Some("subscribe") || !bool::from(known) || challenge.len() > MAX_CHALLENGE {
        return Err(Problem::forbidden("hub.verify_token is not ours: compare it with WHATSAPP_VERIFY_TOKEN"));
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response())
}

/// Makes the untouched body durable, then answers 200.
#[utoipa::path(post, path = "/webhook/whatsapp", tag = "webhook", security(()), request_body(content = String, content_type = "application/json"),
    responses((status = 200, description = "Durable"), (status = 401, description = "Not signed by Meta"),
        (status = 413, description = "More than 4 MiB"), (status = 503, description = "Neither broker nor database took it")))]
pub async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(MAX_WEBHOOK),
        _ => Problem::bad_request("the body could not be read to its end"),
    })?;
    let mut secrets = vec![&app.config.whatsapp_app_secret];
    secrets.extend(app.config.whatsapp_app_secret_previous.as_ref());
    if !is_signed(headers.get("x-hub-signature-256").map(http::HeaderValue::as_bytes), &body, &secrets) {
        app.metrics.webhooks.with_label_values(&["unsigned"]).inc();
        warn!("a webhook without a good signature was refused");
        return Err(Problem::unauthorized("X-Hub-Signature-256 does not sign this body: compare WHATSAPP_APP_SECRET"));
    }
    let how = accept(&app, body).await?;
    app.metrics.webhooks.with_label_values(&[how]).inc();
    Ok(StatusCode::OK)
}

/// Into the queue, or else into the spool; an error only when neither took it.
async fn accept(app: &App, body: Bytes) -> Result<&'static str, Problem> {
    let routing_key = if holds_only_statuses(&body) { WEBHOOK_STATUSES } else { WEBHOOK_ACCEPTED };
    let attributes = Attributes {
        id: EventId::new(),
        source: app.ctx.service.to_owned(),
        kind: Attributes::kind_of(routing_key),
        subject: None,
        time: app.ctx.clock.now(),
        office_id: None,
        correlation_id: None,
        causation_id: None,
        traceparent: TraceContext::current().map(|trace| trace.to_string()),
        sequence: None,
    };
    let outgoing = Outgoing::new(routing_key, &attributes, body);
    let why = match tokio::time::timeout(CONFIRM_WITHIN, app.ctx.bus.publish(&outgoing)).await {
        Ok(Ok(())) => return Ok("queued"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no confirm in 300 ms".to_owned(),
    };
    match spool::keep(app, &outgoing).await {
        Ok(()) => {
            warn!(why, "a webhook went to the spool");
            Ok("spooled")
        }
        Err(error) => {
            app.metrics.webhooks.with_label_values(&["refused"]).inc();
            error!(
                why,
                error = &error as &dyn std::error::Error,
                "neither broker nor database took a webhook; WhatsApp will send it again"
            );
            Err(Problem::unavailable("the webhook could not be made durable: send it again"))
        }
    }
}
