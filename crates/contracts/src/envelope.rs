//! The envelope of every event: CloudEvents 1.0 in binary mode over AMQP.
//!
//! The body is the data alone, as JSON; the attributes are AMQP headers with the prefix `cloudEvents_`. This module
//! names them; `platform::bus` writes and reads them.

use chrono::{DateTime, Utc};

use crate::{EventId, OfficeId};

/// The prefix of every attribute's header.
pub const HEADER_PREFIX: &str = "cloudEvents_";
/// The version of CloudEvents that we speak.
pub const SPEC_VERSION: &str = "1.0";

/// The attributes of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The key of every inbox.
    pub id: EventId,
    /// Which service says it.
    pub source: String,
    /// `id.govconnect.<routing key>.v1`.
    pub kind: String,
    /// What it is about: an id of ours, never a phone number or wamid.
    pub subject: Option<String>,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Whose it is; only raw webhooks have none yet.
    pub office_id: Option<OfficeId>,
    /// The thread that all consequences of one cause share.
    pub correlation_id: Option<String>,
    /// The event that caused this one.
    pub causation_id: Option<String>,
    /// The trace to go on with.
    pub traceparent: Option<String>,
    /// The aggregate's version: consumers of state apply only a higher one.
    pub sequence: Option<i64>,
}

impl Attributes {
    /// The `type` of the event with this routing key.
    pub fn kind_of(routing_key: &str) -> String {
        format!("id.govconnect.{routing_key}.v1")
    }

    /// Every attribute that is there, by header name, in a fixed order.
    pub fn headers(&self) -> Vec<(String, String)> {
        let optional = |name: &'static str, value: Option<String>| value.map(|value| (name, value));
        [
            Some(("specversion", SPEC_VERSION.to_owned())),
            Some(("id", self.id.to_string())),
            Some(("source", self.source.clone())),
            Some(("type", self.kind.clone())),
            optional("subject", self.subject.clone()),
            Some(("time", self.time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))),
            optional("officeid", self.office_id.map(|id| id.to_string())),
            optional("correlationid", self.correlation_id.clone()),
            optional("causationid", self.causation_id.clone()),
            optional("traceparent", self.traceparent.clone()),
            optional("sequence", self.sequence.map(|n| n.to_string())),
        ]
        .into_iter()
        .flatten()
        .map(|(name, value)| (format!("{HEADER_PREFIX}{name}"), value))
        .collect()
    }

    /// Reads the attributes back. `get` looks a header up by its full name.
    pub fn from_headers(get: impl Fn(&str) -> Option<String>) -> Result<Self, BadEnvelope> {
        let attribute = |name: &str| get(&format!("{HEADER_PREFIX}{name}"));
        let required = |name: &'static str| attribute(name).ok_or(BadEnvelope::Missing(name));
        let bad = |name: &'static str, value: &str| BadEnvelope::Bad { name, value: value.to_owned() };

        let id = required("id")?;
        let time = required("time")?;
        Ok(Self {
            id: id.parse().map_err(|_| bad("id", &id))?,
            source: required("source")?,
            kind: required("type")?,
            subject: attribute("subject"),
            time: DateTime::parse_from_rfc3339(&time).map_err(|_| bad("time", &time))?.with_timezone(&Utc),
            office_id: attribute("officeid").map(|v| v.parse().map_err(|_| bad("officeid", &v))).transpose()?,
            correlation_id: attribute("correlationid"),
            causation_id: attribute("causationid"),
            traceparent: attribute("traceparent"),
            sequence: attribute("sequence").map(|v| v.parse().map_err(|_| bad("sequence", &v))).transpose()?,
        })
    }
}

/// Why headers are no envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    #[error("the header cloudEvents_{0} is missing")]
    Missing(&'static str),
    #[error("the header cloudEvents_{name} can't be read: {value}")]
    Bad { name: &'static str, value: String },
}
