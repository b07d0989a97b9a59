//! Who may call: the version in the path, the bearer token, the number.

use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::errors::GraphError;
use crate::state::App;
use crate::state::world::Number;

/// `v25.0`: anything else in its place is an unknown path.
pub fn version(version: &str) -> Result<(), GraphError> {
    let known = version.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        !major.is_empty() && !minor.is_empty() && (major.bytes().chain(minor.bytes())).all(|byte| byte.is_ascii_digit())
    });
    if known { Ok(()) } else { Err(GraphError::unknown_path(version)) }
}

pub fn token(app: &App, headers: &HeaderMap) -> Result<(), GraphError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(GraphError::token)?;
    let wanted = app.config.access_token.expose_secret();
    if bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) { Ok(()) } else { Err(GraphError::token()) }
}

pub fn number(app: &App, verb: &str, phone_number_id: &str) -> Result<Number, GraphError> {
    let found = app.world().number(phone_number_id).cloned();
    found.ok_or_else(|| GraphError::no_such_object(verb, phone_number_id))
}
