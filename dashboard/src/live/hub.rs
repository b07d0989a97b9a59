//! One feed per process, from the broker to every open browser.

use contracts::events::complaint::ComplaintFacts;
use platform::Context;
use platform::bus::{LiveEvent, follow};
use serde::Deserialize;
use tokio::sync::{broadcast, watch};

use super::Notice;

/// What open dashboards want to know.
const BINDINGS: &[&str] = &[
    "complaint.#",
    "document.changed",
    "conversation.#",
    "takeover.#",
    "whatsapp.status.changed",
    "number.updated",
    "notification.#",
];
/// How far a slow browser may lag behind before it is told to ask for everything again.
const ROOM: usize = 1024;

/// The process's feed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    events: broadcast::Sender<LiveEvent>,
    /// Rises whenever something may have been missed.
    gaps: watch::Sender<u64>,
}

/// One browser's place at the feed.
#[derive(Debug)]
pub struct Seat {
    pub events: broadcast::Receiver<LiveEvent>,
    pub gaps: watch::Receiver<u64>,
}

impl Hub {
    /// A feed without a source; [`Hub::start`] connects it.
    pub fn new() -> Self {
        Self { events: broadcast::Sender::new(ROOM), gaps: watch::Sender::new(0) }
    }

    /// Follows the broker for the life of the process.
    pub fn start(&self, ctx: &Context) {
        let (events, gaps) = (self.events.clone(), self.gaps.clone());
        let following = follow(ctx.clone(), BINDINGS, events, move || gaps.send_modify(|count| *count += 1));
        ctx.tasks.spawn("live feed", following);
    }

    /// A place from now on.
    pub fn seat(&self) -> Seat {
        Seat { events: self.events.subscribe(), gaps: self.gaps.subscribe() }
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether browsers hear of an event by its ids, and ask for the rest.
pub fn is_notice(routing_key: &str) -> bool {
    !["conversation.", "takeover.", "whatsapp.", "number."].iter().any(|family| routing_key.starts_with(family))
}

/// What of an event may leave the server: ids alone.
pub fn notice(event: &LiveEvent) -> Notice {
    #[derive(Deserialize)]
    struct Ids {
        #[serde(default)]
        conversation_id: Option<String>,
    }
    let complaint = event
        .routing_key
        .starts_with("complaint.")
        .then(|| serde_json::from_slice::<ComplaintFacts>(&event.body).ok())
        .flatten()
        .map(|facts| facts.complaint_id.to_string());
    let conversation = serde_json::from_slice::<Ids>(&event.body).ok().and_then(|ids| ids.conversation_id);
    Notice { complaint_id: complaint, conversation_id: conversation }
}
