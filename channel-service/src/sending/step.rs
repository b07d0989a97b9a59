//! The life of an outbound message as a state machine: which step leads from where to where.
//!
//! ```text
//! queued ──claim──▶ sending ──accepted──▶ sent ──reports──▶ delivered ─▶ read ─▶ played
//!   ▲  ▲              │ │ │                 └──expired──▶ failed
//!   │  └──put back────┘ │ └──refused──▶ failed ──revived──▶ queued
//!   └──again── unconfirmed ◀──lost
//! ```
//! Every change of a status names its step; the SQL of a step changes a row only in a status that it may leave from.

use contracts::message::MessageStatus::{self, Discarded, Failed, Queued, Sending, Sent, Unconfirmed};

/// What happens to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A Graph call is about to begin.
    Claim,
    /// WhatsApp took it.
    Accepted,
    /// Nothing was sent; it goes back in line.
    PutBack,
    /// Nobody knows whether it was sent.
    Lost,
    /// It will not be sent as it is.
    Refused,
    /// A person's takeover overtook a bot's message.
    Overtaken,
    /// WhatsApp reported others and not this one: once more.
    Again,
    /// Once more, and still nothing: a person must know.
    Unsettled,
    /// WhatsApp never reported that it arrived, and drops it by now.
    Expired,
    /// A person wants another try.
    Revived,
}

impl Step {
    /// Every step.
    #[cfg(test)]
    const ALL: [Self; 10] = [
        Self::Claim,
        Self::Accepted,
        Self::PutBack,
        Self::Lost,
        Self::Refused,
        Self::Overtaken,
        Self::Again,
        Self::Unsettled,
        Self::Expired,
        Self::Revived,
    ];

    /// Where it leads.
    pub fn to(self) -> MessageStatus {
        match self {
            Self::Claim => Sending,
            Self::Accepted => Sent,
            Self::PutBack | Self::Again | Self::Revived => Queued,
            Self::Lost => Unconfirmed,
            Self::Refused | Self::Unsettled | Self::Expired => Failed,
            Self::Overtaken => Discarded,
        }
    }

    /// Where it may begin. An answer counts also after the sweep gave up waiting for it.
    pub fn from(self) -> &'static [MessageStatus] {
        match self {
            Self::Claim | Self::Overtaken => &[Queued],
            Self::Accepted | Self::PutBack => &[Sending, Unconfirmed],
            Self::Refused => &[Queued, Sending, Unconfirmed],
            Self::Lost => &[Sending],
            Self::Again | Self::Unsettled => &[Unconfirmed],
            Self::Expired => &[Sent],
            Self::Revived => &[Failed],
        }
    }

    /// The words of [`Step::from`] in the database.
    pub fn words(self) -> Vec<String> {
        self.from().iter().map(|status| status.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_arrived_moves_by_our_own_steps() {
        for step in Step::ALL {
            for status in [
                MessageStatus::Received,
                MessageStatus::Delivered,
                MessageStatus::Read,
                MessageStatus::Played,
                Discarded,
            ] {
                assert!(!step.from().contains(&status), "{step:?} from {status:?}");
            }
        }
    }

    #[test]
    fn only_what_lies_in_the_queue_is_claimed_and_only_a_person_revives() {
        assert_eq!(Step::Claim.from(), [Queued]);
        let from_failed: Vec<Step> = Step::ALL.into_iter().filter(|step| step.from().contains(&Failed)).collect();
        assert_eq!(from_failed, [Step::Revived]);
    }

    #[test]
    fn whatever_is_begun_can_end() {
        for status in [Queued, Sending, Unconfirmed] {
            assert!(Step::ALL.iter().any(|step| step.from().contains(&status) && step.to() == Failed), "{status:?}");
        }
    }
}
