//! Trace context (W3C `traceparent`): one id follows a message from the webhook through the broker to the reply.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use rand::RngExt as _;

/// The header in HTTP and the attribute in AMQP.
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// Which trace we are in, and which of its steps this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
}

impl TraceContext {
    /// The start of a new trace.
    pub fn root() -> Self {
        let mut random = rand::rng();
        Self { trace_id: random.random_range(1..=u128::MAX), span_id: random.random_range(1..=u64::MAX) }
    }

    /// The next step of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { trace_id: self.trace_id, span_id: rand::rng().random_range(1..=u64::MAX) }
    }

    /// The step that follows what a caller sent, or the start of a new trace.
    pub fn continued(traceparent: Option<&str>) -> Self {
        traceparent.and_then(|text| text.parse::<Self>().ok()).map_or_else(Self::root, Self::child)
    }

    /// The step that this task is in.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|context| *context).ok()
    }

    /// The trace's id as logs show it.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// Runs `future` in this step.
    pub async fn run<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace_id, self.span_id)
    }
}

/// Why a text is no trace context.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct NotATraceparent;

impl FromStr for TraceContext {
    type Err = NotATraceparent;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let (Some(version), Some(trace), Some(span), Some(_flags)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotATraceparent);
        };
        if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 {
            return Err(NotATraceparent);
        }
        match (u128::from_str_radix(trace, 16), u64::from_str_radix(span, 16)) {
            (Ok(trace_id), Ok(span_id)) if trace_id != 0 && span_id != 0 => Ok(Self { trace_id, span_id }),
            _ => Err(NotATraceparent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_keeps_the_trace_and_takes_a_new_span() {
        let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let here = TraceContext::continued(Some(caller));
        assert_eq!(here.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(here.to_string(), caller);
        assert_eq!(here.to_string().parse(), Ok(here));
    }

    #[test]
    fn nonsense_starts_a_new_trace() {
        for text in ["", "00-0-0-00", "zz", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
            assert_eq!(text.parse::<TraceContext>(), Err(NotATraceparent));
        }
    }
}
