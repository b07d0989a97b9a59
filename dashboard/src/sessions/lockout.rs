//! How long a guesser waits. Counted per account and address, and per address over all accounts.
//!
//! A try is counted before the password is looked at, so that a thousand tries at once are a thousand tries.

use chrono::Duration;

/// Failures that a forgetful person may make at one account.
pub const FREE_AT_ACCOUNT: i32 = 5;
/// Failures that an office behind one address may make at all accounts.
pub const FREE_AT_ADDRESS: i32 = 50;
/// Failures are forgotten after this long without another.
pub const FORGOTTEN_AFTER: Duration = Duration::hours(24);

const FIRST: i64 = 5;
const LONGEST: i64 = 15 * 60;

/// How long the next try has to wait after this many failures.
pub fn delay(failures: i32, free: i32) -> Option<Duration> {
    let over = failures - free;
    if over < 0 {
        return None;
    }
    let doubled = FIRST.saturating_mul(1_i64.checked_shl(over.unsigned_abs()).unwrap_or(i64::MAX));
    Some(Duration::seconds(if doubled <= 0 { LONGEST } else { doubled.min(LONGEST) }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_failures_cost_nothing_then_the_wait_doubles() {
        let seconds = |failures| delay(failures, FREE_AT_ACCOUNT).map(|wait| wait.num_seconds());
        assert_eq!([4, 5, 6, 7].map(seconds), [None, Some(5), Some(10), Some(20)]);
        assert_eq!(seconds(1_000), Some(LONGEST));
    }

    proptest! {
        #[test]
        fn the_wait_never_shrinks_and_has_an_end(failures in 0..i32::MAX - 1) {
            let wait = |failures| delay(failures, FREE_AT_ACCOUNT).unwrap_or_default();
            prop_assert!(wait(failures) <= wait(failures + 1));
            prop_assert!(wait(failures) <= Duration::seconds(LONGEST));
        }
    }
}
