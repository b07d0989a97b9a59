//! Who calls, and for which office.
//!
//! The internal key says that a service of ours calls. The actor's token says for which person: the dashboard signs it
//! for 60 seconds. Without one the actor is `service:internal`, which may create and update, but not do what needs a
//! person.

use axum::extract::{FromRef, FromRequestParts};
use chrono::{DateTime, Utc};
use contracts::OfficeId;
use contracts::office::{ACTOR_HEADER, API_KEY_HEADER, OFFICE_HEADER};
use http::HeaderMap;
use http::request::Parts;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::Problem;
use crate::Context;
use crate::context::Keys;
use crate::offices::NoOffice;

/// How long a token is good.
const TOKEN_SECONDS: i64 = 60;

/// A person behind a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub name: String,
    /// Absent for a super admin's own view over all offices.
    #[serde(default)]
    pub office: Option<OfficeId>,
    pub role: String,
    #[serde(default)]
    pub permissions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    person: Person,
    exp: i64,
}

/// Who a call is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// `service:internal`.
    Service,
    Person(Person),
}

impl Actor {
    /// The word for timelines and audits.
    pub fn label(&self) -> String {
        match self {
            Self::Service => "service:internal".to_owned(),
            Self::Person(person) => person.name.clone(),
        }
    }

    /// The person, for what needs one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Service => None,
            Self::Person(person) => Some(person),
        }
    }

    /// Whether a person with this permission calls.
    pub fn may(&self, permission: &str) -> bool {
        self.person().is_some_and(|person| person.permissions.iter().any(|own| own == permission))
    }

    /// The person with this permission, or 403.
    pub fn require(&self, permission: &str) -> Result<&Person, Problem> {
        match self {
            Self::Service => Err(Problem::forbidden("this needs a person: send their x-actor token")),
            Self::Person(person) if person.permissions.iter().any(|own| own == permission) => Ok(person),
            Self::Person(_) => Err(Problem::forbidden(format!("this needs the permission {permission}"))),
        }
    }
}

/// Signs a person's token.
pub fn sign(person: &Person, key: &SecretString, now: DateTime<Utc>) -> Result<String, jsonwebtoken::errors::Error> {
    let claims = Claims { person: person.clone(), exp: now.timestamp() + TOKEN_SECONDS };
    jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(key.expose_secret().as_bytes()),
    )
}

/// Reads a person's token.
fn verify(token: &str, key: &SecretString, now: DateTime<Utc>) -> Option<Person> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The expiry is compared with our own clock below.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(key.expose_secret().as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    // A token is never good for longer than we sign it, whatever it says.
    (now.timestamp() < claims.exp && claims.exp <= now.timestamp() + 2 * TOKEN_SECONDS).then_some(claims.person)
}

/// Whether the headers hold the current or the previous internal key. Takes the same time whichever is wrong.
pub fn key_is_good(headers: &HeaderMap, keys: &Keys) -> bool {
    let given = headers.get(API_KEY_HEADER).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let current = given.ct_eq(keys.internal.expose_secret().as_bytes());
    let previous = match &keys.internal_previous {
        Some(key) => given.ct_eq(key.expose_secret().as_bytes()),
        None => 0.into(),
    };
    bool::from(current | previous)
}

impl<S> FromRequestParts<S> for Actor
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(token) = parts.headers.get(ACTOR_HEADER) else { return Ok(Self::Service) };
        let ctx = Context::from_ref(state);
        token
            .to_str()
            .ok()
            .and_then(|token| verify(token, &ctx.keys.actor, ctx.clock.now()))
            .map(Self::Person)
            .ok_or_else(|| Problem::unauthorized("the x-actor token is not valid any more: sign a new one"))
    }
}

/// The office that a call is for: `x-office-id`, or the only one there is. An actor's office must be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office(pub OfficeId);

impl<S> FromRequestParts<S> for Office
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ctx = Context::from_ref(state);
        let named = match parts.headers.get(OFFICE_HEADER) {
            None => None,
            Some(value) => Some(
                value
                    .to_str()
                    .ok()
                    .and_then(|text| text.parse::<OfficeId>().ok())
                    .ok_or_else(|| Problem::validation([(OFFICE_HEADER, "must be an office's UUID")]))?,
            ),
        };
        let office = ctx.offices.resolve(&ctx.db, named).await.map_err(|why| match why {
            NoOffice::Database(error) => error.into(),
            why => Problem::validation([(OFFICE_HEADER, why.to_string())]),
        })?;
        if let Actor::Person(person) = Actor::from_request_parts(parts, state).await?
            && person.office.is_some_and(|own| own != office)
        {
            return Err(Problem::forbidden("this person belongs to another office"));
        }
        Ok(Self(office))
    }
}
