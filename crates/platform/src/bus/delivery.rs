//! What a handler is given, and what it may answer.

use bytes::Bytes;
use contracts::OfficeId;
use contracts::envelope::{Attributes, BadEnvelope};
use contracts::events::Event;
use lapin::types::AMQPValue;

use crate::outbox::Cause;
use crate::trace::TraceContext;

/// Which of an item's tries this is; absent on the first.
pub(super) const ATTEMPT: &str = "x-gc-attempt";
/// The key under which it was published first.
pub(super) const ROUTING_KEY: &str = "x-gc-routing-key";
/// Why the last try failed; grows by one line per try.
pub(super) const HISTORY: &str = "x-gc-history";
/// How often a person sent it back from the dead letters.
pub(crate) const REDRIVEN: &str = "x-gc-redriven";

/// One message from a queue.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub attributes: Attributes,
    pub routing_key: String,
    pub body: Bytes,
    /// 0 on the first try.
    pub attempt: usize,
    /// Why earlier tries failed.
    pub history: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Delivery {
    /// Reads a message. Whatever can't be read goes to the dead letters as it is.
    pub(super) fn read(raw: &lapin::message::Delivery) -> Result<Self, BadEnvelope> {
        let headers = headers(raw);
        let get = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        Ok(Self {
            attributes: Attributes::from_headers(get)?,
            routing_key: get(ROUTING_KEY).unwrap_or_else(|| raw.routing_key.to_string()),
            attempt: get(ATTEMPT).and_then(|n| n.parse().ok()).unwrap_or(0),
            history: get(HISTORY).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default(),
            body: raw.data.clone().into(),
            headers,
        })
    }

    /// A delivery of any body made by hand.
    pub fn raw(attributes: Attributes, routing_key: &str, body: Bytes) -> Self {
        Self {
            attributes,
            routing_key: routing_key.to_owned(),
            body,
            attempt: 0,
            history: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A delivery made by hand, for tests that tick a handler without a broker.
    pub fn of<E: Event>(
        event: &E,
        office: OfficeId,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            attributes: Attributes {
                id: contracts::EventId::new(),
                source: "test".to_owned(),
                kind: Attributes::kind_of(E::ROUTING_KEY),
                subject: Some(event.subject()),
                time: now,
                office_id: Some(office),
                correlation_id: None,
                causation_id: None,
                traceparent: None,
                sequence: event.sequence(),
            },
            routing_key: E::ROUTING_KEY.to_owned(),
            body: serde_json::to_vec(event)?.into(),
            attempt: 0,
            history: Vec::new(),
            headers: Vec::new(),
        })
    }

    /// The event's data.
    pub fn data<E: Event>(&self) -> Result<E, HandlerError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| HandlerError::Reject(anyhow::anyhow!("the body is no {}: {error}", E::ROUTING_KEY)))
    }

    /// The office that the event belongs to.
    pub fn office(&self) -> Result<OfficeId, HandlerError> {
        self.attributes.office_id.ok_or_else(|| HandlerError::Reject(anyhow::anyhow!("the event names no office")))
    }

    /// For the events that this one causes.
    pub fn cause(&self) -> Cause {
        Cause::event(&self.attributes)
    }

    /// The step of the trace in which it is handled.
    pub(super) fn trace(&self) -> TraceContext {
        TraceContext::continued(self.attributes.traceparent.as_deref())
    }
}

/// All headers that are text or numbers.
pub(crate) fn headers(raw: &lapin::message::Delivery) -> Vec<(String, String)> {
    let Some(table) = raw.properties.headers() else { return Vec::new() };
    table
        .inner()
        .iter()
        .filter_map(|(name, value)| {
            let value = match value {
                AMQPValue::LongString(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
                AMQPValue::ShortString(text) => text.to_string(),
                AMQPValue::LongLongInt(n) => n.to_string(),
                AMQPValue::LongInt(n) => n.to_string(),
                _ => return None,
            };
            Some((name.to_string(), value))
        })
        .collect()
}

/// What happened to a delivery.
#[derive(Debug)]
pub enum Verdict {
    /// The effect is durable.
    Done,
    /// Something that we need is away; nothing is the item's fault, and nothing is counted.
    Unavailable(anyhow::Error),
    /// The item failed; it climbs the retry ladder.
    Failed(anyhow::Error),
    /// No try will help: straight to the dead letters.
    Rejected(anyhow::Error),
}

impl Verdict {
    /// The word in metrics and logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unavailable(_) => "unavailable",
            Self::Failed(_) => "failed",
            Self::Rejected(_) => "rejected",
        }
    }
}

/// Why a handler did not finish. `?` classifies.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    #[error("unavailable: {0:#}")]
    Unavailable(anyhow::Error),
    #[error("{0:#}")]
    Failed(anyhow::Error),
    #[error("rejected: {0:#}")]
    Reject(anyhow::Error),
}

impl From<sqlx::Error> for HandlerError {
    fn from(error: sqlx::Error) -> Self {
        if crate::db::is_unavailable(&error) { Self::Unavailable(error.into()) } else { Self::Failed(error.into()) }
    }
}

impl From<crate::outbox::AppendError> for HandlerError {
    fn from(error: crate::outbox::AppendError) -> Self {
        match error {
            crate::outbox::AppendError::Database(error) => error.into(),
            crate::outbox::AppendError::Serialise(_) => Self::Failed(error.into()),
        }
    }
}

impl From<serde_json::Error> for HandlerError {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::http::client::CallError> for HandlerError {
    fn from(error: crate::http::client::CallError) -> Self {
        if error.is_unavailable() { Self::Unavailable(error.into()) } else { Self::Failed(error.into()) }
    }
}

impl From<Result<(), HandlerError>> for Verdict {
    fn from(result: Result<(), HandlerError>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(HandlerError::Unavailable(error)) => Self::Unavailable(error),
            Err(HandlerError::Failed(error)) => Self::Failed(error),
            Err(HandlerError::Reject(error)) => Self::Rejected(error),
        }
    }
}
