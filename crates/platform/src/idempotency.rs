//! The same POST twice does its work once and is answered twice.
//!
//! The answer is stored in the transaction of the effect. Of two calls that race, the second waits for the first to
//! commit and then repeats its answer. Answers are kept for 24 hours.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use contracts::OfficeId;
use contracts::office::IDEMPOTENCY_HEADER;
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Tx;
use crate::http::Problem;

/// The `Idempotency-Key` of a call, if it has one.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_HEADER) else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if (1..=255).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::validation([("Idempotency-Key", "must be 1 to 255 visible ASCII characters")])),
        }
    }
}

/// What to do with a call.
#[derive(Debug)]
pub enum Begun {
    /// It was answered before: answer the same.
    Replay(Replay),
    /// It is new: do the work, then [`Slot::store`] the answer.
    Fresh(Slot),
}

/// An answer that was given before.
#[derive(Debug)]
pub struct Replay {
    status: StatusCode,
    body: serde_json::Value,
}

impl Replay {
    /// What was answered.
    pub fn body(&self) -> &serde_json::Value {
        &self.body
    }
}

impl IntoResponse for Replay {
    fn into_response(self) -> Response {
        (self.status, [("idempotency-replayed", "true")], Json(self.body)).into_response()
    }
}

/// The place of an answer that is yet to be given.
#[derive(Debug)]
pub struct Slot(Option<(OfficeId, &'static str, String)>);

/// Looks the key up, or takes it. Without a key every call is new.
pub async fn begin<B: Serialize>(
    tx: &mut Tx,
    office: OfficeId,
    route: &'static str,
    key: &IdempotencyKey,
    request: &B,
) -> Result<Begun, Problem> {
    let Some(key) = &key.0 else { return Ok(Begun::Fresh(Slot(None))) };
    let request_hash = Sha256::digest(serde_json::to_vec(request).map_err(|error| Problem::internal(&error))?).to_vec();

    sqlx::query!(
        "DELETE FROM idempotency WHERE office_id = $1 AND route = $2 AND key = $3 AND created_at < now() - interval '24 hours'",
        office.0,
        route,
        key,
    )
    .execute(&mut **tx)
    .await?;
    let taken = sqlx::query!(
        "INSERT INTO idempotency (office_id, route, key, request_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        office.0,
        route,
        key,
        request_hash,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    if taken {
        return Ok(Begun::Fresh(Slot(Some((office, route, key.clone())))));
    }
    let before = sqlx::query!(
        "SELECT request_hash, status, answer FROM idempotency WHERE office_id = $1 AND route = $2 AND key = $3",
        office.0,
        route,
        key,
    )
    .fetch_one(&mut **tx)
    .await?;
    if before.request_hash != request_hash {
        return Err(Problem::conflict(
            "this Idempotency-Key was used for another request: use a new key for a new request",
        )
        .kind("idempotency-key-reused"));
    }
    let status =
        before.status.and_then(|code| u16::try_from(code).ok()).and_then(|code| StatusCode::from_u16(code).ok());
    Ok(Begun::Replay(Replay { status: status.unwrap_or(StatusCode::OK), body: before.answer.unwrap_or_default() }))
}

impl Slot {
    /// Keeps the answer with the effect.
    pub async fn store<A: Serialize>(self, tx: &mut Tx, status: StatusCode, answer: &A) -> Result<(), Problem> {
        let Some((office, route, key)) = self.0 else { return Ok(()) };
        let answer = serde_json::to_value(answer).map_err(|error| Problem::internal(&error))?;
        sqlx::query!(
            "UPDATE idempotency SET status = $4, answer = $5 WHERE office_id = $1 AND route = $2 AND key = $3",
            office.0,
            route,
            key,
            i16::try_from(status.as_u16()).unwrap_or(200),
            answer,
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
