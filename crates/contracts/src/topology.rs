//! The broker's topology, in one description: exchange, queues, bindings, retry ladder.
//!
//! Every service declares *all* of it before its first publish (`platform::bus`), so that no event is lost because its
//! reader has not started yet. A queue stands here only if a service consumes it.

use std::time::Duration;

/// The exchange that every event goes through.
pub const EXCHANGE: &str = "govconnect.events";

/// More redeliveries than any outage causes; then the broker itself moves the message to `<queue>.dead`.
pub const DELIVERY_LIMIT: i64 = 1000;

/// The shared retry queues: a message that failed by its own fault waits here, then returns to its queue.
pub const RETRY_LADDER: [RetryStep; 3] = [
    RetryStep { name: "govconnect.retry.5s", delay: Duration::from_secs(5) },
    RetryStep { name: "govconnect.retry.30s", delay: Duration::from_secs(30) },
    RetryStep { name: "govconnect.retry.5m", delay: Duration::from_mins(5) },
];

/// One rung: a fanout exchange and a queue of the same name. The message keeps the name of the queue that it came from
/// as its routing key, so that the broker's default exchange takes it back there when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryStep {
    pub name: &'static str,
    pub delay: Duration,
}

/// One durable quorum queue, `<service>.<binding>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Who consumes it.
    pub service: &'static str,
    /// The pattern on the topic exchange.
    pub binding: &'static str,
}

impl Queue {
    /// `<service>.<binding>`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.service, self.binding)
    }

    /// Where what can't be handled ends.
    pub fn dead_name(&self) -> String {
        format!("{}.dead", self.name())
    }
}

/// Declares the queues as constants and lists them all.
macro_rules! queues {
    ($($(#[$doc:meta])* $name:ident = $service:literal <- $binding:literal;)+) => {
        $($(#[$doc])* pub const $name: Queue = Queue { service: $service, binding: $binding };)+
        /// Every durable queue of the system.
        pub const QUEUES: &[Queue] = &[$($name),+];
    };
}

queues! {
    /// Raw webhook bodies that hold at least one message or anything else than statuses.
    CHANNEL_WEBHOOKS = "channel-service" <- "whatsapp.webhook.accepted";
    /// Raw webhook bodies that hold statuses only: they never delay messages.
    CHANNEL_STATUSES = "channel-service" <- "whatsapp.webhook.statuses";
    /// The assistant's answers.
    CHANNEL_REPLIES = "channel-service" <- "ai.reply.ready";
    /// The assistant's calls for a person.
    CHANNEL_HANDOFFS = "channel-service" <- "ai.handoff.requested";
    /// Offices and their settings.
    CHANNEL_OFFICES = "channel-service" <- "office.updated";
    /// Turns to answer. Under `whatsapp.message.` only what the assistant must answer is published.
    AI_MESSAGES = "ai-service" <- "whatsapp.message.#";
    /// Offices and their settings.
    AI_OFFICES = "ai-service" <- "office.updated";
    /// Contacts that turned out to be one person.
    AI_MERGES = "ai-service" <- "contact.merged";
    /// Who has a conversation: a person's part is read before the next answer.
    AI_TAKEOVERS = "ai-service" <- "takeover.#";
    /// What each office asks about each category.
    AI_CATEGORIES = "ai-service" <- "category.updated";
    /// What officers ask a citizen, and whether they still wait.
    AI_COMPLAINTS = "ai-service" <- "complaint.status_changed";
    /// Who works for an office: names to keep from outside models.
    AI_STAFF = "ai-service" <- "staff.added";
    /// Documents and FAQ entries to make searchable.
    AI_DOCUMENTS = "ai-service" <- "document.uploaded";
    /// Offices and their settings.
    CASE_OFFICES = "case-service" <- "office.updated";
    /// Contacts that turned out to be one person.
    CASE_MERGES = "case-service" <- "contact.merged";
    /// What citizens are told about their complaints.
    NOTIFICATION_COMPLAINTS = "notification-service" <- "complaint.#";
    /// Whether the citizen has been told in the conversation already.
    NOTIFICATION_TURNS = "notification-service" <- "turn.closed";
    /// How far a notification has come.
    NOTIFICATION_STATUSES = "notification-service" <- "whatsapp.status.changed";
    /// Notifications that other services ask for.
    NOTIFICATION_REQUESTS = "notification-service" <- "notification.requested";
    /// Offices and their settings.
    NOTIFICATION_OFFICES = "notification-service" <- "office.updated";
    /// Contacts that turned out to be one person.
    NOTIFICATION_MERGES = "notification-service" <- "contact.merged";
    /// Documents that are searchable now.
    DASHBOARD_DOCUMENTS = "dashboard" <- "document.processed";
    /// Documents that can't be read.
    DASHBOARD_DOCUMENT_FAILURES = "dashboard" <- "document.failed";
}

/// Whether any durable queue reads events with this key. Those are published as mandatory; an event whose only
/// readers are open dashboards may find none.
pub fn has_durable_reader(routing_key: &str) -> bool {
    QUEUES.iter().any(|queue| matches(queue.binding, routing_key))
}

/// Whether a topic pattern (`*` one word, `#` any number of words) matches a routing key.
pub fn matches(pattern: &str, routing_key: &str) -> bool {
    fn words(pattern: &[&str], key: &[&str]) -> bool {
        match (pattern.split_first(), key.split_first()) {
            (None, None) => true,
            (Some((&"#", rest)), _) => {
                words(rest, key) || key.split_first().is_some_and(|(_, key)| words(pattern, key))
            }
            (Some((&"*", pattern)), Some((_, key))) => words(pattern, key),
            (Some((word, pattern)), Some((other, key))) if word == other => words(pattern, key),
            _ => false,
        }
    }
    words(&pattern.split('.').collect::<Vec<_>>(), &routing_key.split('.').collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_the_broker_matches_them() {
        for (pattern, key, expected) in [
            ("whatsapp.message.#", "whatsapp.message.received", true),
            ("whatsapp.message.#", "whatsapp.message", true),
            ("whatsapp.message.#", "whatsapp.webhook.accepted", false),
            ("complaint.#", "complaint.status_changed", true),
            ("turn.closed", "turn.closed", true),
            ("*.closed", "turn.closed", true),
            ("*.closed", "a.turn.closed", false),
            ("#", "anything.at.all", true),
        ] {
            assert_eq!(matches(pattern, key), expected, "{pattern} {key}");
        }
    }

    #[test]
    fn queue_names_are_unique_and_say_who_reads_what() {
        let mut names: Vec<_> = QUEUES.iter().map(Queue::name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), QUEUES.len());
        assert_eq!(AI_MESSAGES.name(), "ai-service.whatsapp.message.#");
        assert_eq!(AI_MESSAGES.dead_name(), "ai-service.whatsapp.message.#.dead");
    }

    #[test]
    fn only_events_for_open_dashboards_may_find_no_reader() {
        assert!(has_durable_reader("whatsapp.message.received"));
        assert!(has_durable_reader("complaint.created"));
        assert!(!has_durable_reader("conversation.message_stored"));
    }
}
