//! Notifications: what a citizen is told outside a conversation, and how far the telling has come.

pub mod enqueue;
pub mod http;
pub mod store;

use contracts::message::MessageStatus;

/// How far a notification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// To be handed to channel-service.
    Pending,
    /// The end of a turn decides whether it is said at all.
    WaitingForTurn,
    /// channel-service has it.
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
    /// Not to be said: the citizen knows, or does not want it.
    Silent,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::WaitingForTurn,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Silent,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::WaitingForTurn => "waiting_for_turn",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Silent => "silent",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// What channel-service's report of the message means for the notification; `None`: nothing new.
    pub fn reported(status: MessageStatus) -> Option<Self> {
        match status {
            MessageStatus::Sent => Some(Self::Sent),
            MessageStatus::Delivered => Some(Self::Delivered),
            MessageStatus::Read | MessageStatus::Played => Some(Self::Read),
            MessageStatus::Failed | MessageStatus::Discarded => Some(Self::Failed),
            MessageStatus::Received | MessageStatus::Queued | MessageStatus::Sending | MessageStatus::Unconfirmed => {
                None
            }
        }
    }

    /// The message's status that stands for this one, once there is a message.
    fn of_message(self) -> Option<MessageStatus> {
        match self {
            Self::Accepted => Some(MessageStatus::Queued),
            Self::Sent => Some(MessageStatus::Sent),
            Self::Delivered => Some(MessageStatus::Delivered),
            Self::Read => Some(MessageStatus::Read),
            Self::Failed => Some(MessageStatus::Failed),
            Self::Pending | Self::WaitingForTurn | Self::Silent => None,
        }
    }

    /// Whether a report moves it: only forward, as messages do.
    pub fn may_become(self, next: Self) -> bool {
        match (self.of_message(), next.of_message()) {
            (Some(now), Some(next)) => now.may_become(next),
            _ => false,
        }
    }

    /// Whether a person or another service may set it so: what reports may do, sending a failed one again, and keeping
    /// one from being sent that was not handed over yet.
    pub fn may_be_set_to(self, next: Self) -> bool {
        match next {
            Self::Pending => self == Self::Failed,
            Self::Silent => matches!(self, Self::Pending | Self::WaitingForTurn),
            next => self.may_become(next),
        }
    }

    /// Whether the citizen's phone has it.
    pub fn has_arrived(self) -> bool {
        matches!(self, Self::Delivered | Self::Read)
    }
}

/// Whether a text is a kind or a template's name: a short lower-case word.
pub fn is_short_word(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn status() -> impl Strategy<Value = Status> {
        prop::sample::select(Status::ALL.to_vec())
    }

    proptest! {
        /// Whatever reports come in whatever order, what has arrived never seems lost, and nothing leads back.
        #[test]
        fn reports_only_lead_forward(reports in prop::collection::vec(status(), 0..20)) {
            let road = [Status::Accepted, Status::Sent, Status::Failed, Status::Delivered, Status::Read];
            let place = |status| road.iter().position(|step| *step == status);
            let mut now = Status::Accepted;
            for next in reports {
                if now.may_become(next) {
                    prop_assert!(place(next) > place(now), "{now:?} -> {next:?}");
                    now = next;
                }
            }
        }

        #[test]
        fn what_was_not_handed_over_has_no_reports(next in status()) {
            for now in [Status::Pending, Status::WaitingForTurn, Status::Silent] {
                prop_assert!(!now.may_become(next));
            }
        }
    }

    #[test]
    fn words_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.as_str()), Some(status));
        }
    }

    #[test]
    fn only_the_failed_are_sent_again_and_only_the_unsent_are_kept_back() {
        let again: Vec<_> = Status::ALL.into_iter().filter(|status| status.may_be_set_to(Status::Pending)).collect();
        assert_eq!(again, [Status::Failed]);
        let back: Vec<_> = Status::ALL.into_iter().filter(|status| status.may_be_set_to(Status::Silent)).collect();
        assert_eq!(back, [Status::Pending, Status::WaitingForTurn]);
    }
}
