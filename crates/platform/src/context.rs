//! What every handler and worker is given.

use contracts::office::{ACTOR_HEADER, API_KEY_HEADER};
use secrecy::SecretString;

use crate::bus::Bus;
use crate::clock::Clock;
use crate::db::Db;
use crate::lifecycle::Tasks;
use crate::metrics::Metrics;
use crate::offices::Offices;
use crate::outbox::Waker;

/// The parts of a running service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Context {
    /// The service's name, such as `case-service`.
    pub service: &'static str,
    pub db: Db,
    pub bus: Bus,
    pub clock: Clock,
    pub tasks: Tasks,
    pub metrics: Metrics,
    pub offices: Offices,
    pub outbox: Waker,
    pub keys: Keys,
}

/// The secrets of calls between services.
#[derive(Debug, Clone)]
pub struct Keys {
    pub internal: SecretString,
    pub internal_previous: Option<SecretString>,
    pub actor: SecretString,
}

/// Headers that must never be logged or handed on.
pub const SECRET_HEADERS: [&str; 2] = [API_KEY_HEADER, ACTOR_HEADER];
