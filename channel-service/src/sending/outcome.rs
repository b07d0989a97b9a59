//! What the Graph API's answers mean, as data.

use std::time::Duration;

/// What to do with a message after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Try again soon, with growing pauses, this many times at most.
    Retry { times: u32 },
    /// Try again after a long pause.
    Wait(Duration),
    /// The request is wrong: no try will help.
    Fix,
    /// The account or token is: no message of this number will go out.
    Account,
    /// The citizen's side: final for this message.
    User,
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The class of an error code. Build on the code, never on title or HTTP status: throttling comes as 400.
pub fn classify(code: i64) -> Class {
    match code {
        1 | 131_000 => Class::Retry { times: 3 },
        131_014 | 131_053 => Class::Retry { times: 1 },
        2 | 130_429 | 131_016 | 131_056 | 133_004 | 2_494_100 => Class::Retry { times: 12 },
        131_057 => Class::Wait(Duration::from_mins(1)),
        133_015 => Class::Wait(Duration::from_mins(5)),
        134_101 => Class::Wait(Duration::from_mins(10)),
        4 | 80_007 | 131_064 | 132_015 | 132_069 | 133_008 | 133_009 | 133_016 => Class::Wait(HOUR),
        131_049 => Class::Wait(DAY),
        0
        | 3
        | 10
        | 33
        | 190
        | 200..=299
        | 368
        | 131_005
        | 131_031
        | 131_037
        | 131_042
        | 131_044
        | 131_045
        | 131_048
        | 131_063
        | 133_006
        | 133_010
        | 134_011
        | 134_102 => Class::Account,
        130_403 | 130_472 | 130_497 | 131_026 | 131_047 | 131_050 => Class::User,
        _ => Class::Fix,
    }
}

/// The pause before try `attempt` (from 1): 4^x seconds as WhatsApp asks, five minutes at most.
pub fn pause(attempt: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(attempt.saturating_sub(1)).min(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_is_retried_and_refusals_are_not() {
        assert_eq!(classify(131_056), Class::Retry { times: 12 });
        assert_eq!(classify(130_429), Class::Retry { times: 12 });
        assert_eq!(classify(190), Class::Account);
        assert_eq!(classify(131_047), Class::User);
        assert_eq!(classify(100), Class::Fix);
        assert_eq!(classify(999_999), Class::Fix);
    }

    #[test]
    fn pauses_grow_as_whatsapp_asks() {
        assert_eq!([1, 2, 3, 9].map(|attempt| pause(attempt).as_secs()), [1, 4, 16, 300]);
    }
}
