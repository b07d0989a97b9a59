//! WhatsApp's two rate limits, as buckets that one instant describes: the one at which the bucket is full again.
//!
//! Pure. A pair's bucket lies in its conversation's row, where it outlives instances; a number's lies in the memory of
//! the one instance that sends for it.

use chrono::{DateTime, Duration, Utc};

/// How fast something may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// One token comes back in this time.
    pub every: Duration,
    /// As many tokens as the bucket holds.
    pub burst: i32,
}

/// One citizen at one number: 45 at once, then one in 6 seconds. A tenth more, because a message may be quicker on its
/// way than the one before it.
pub const PAIR: Rate = Rate { every: Duration::milliseconds(6_100), burst: 45 };

impl Rate {
    /// A number that may send so many messages a second.
    pub fn per_second(messages: i32) -> Self {
        let messages = messages.max(1);
        Self { every: Duration::microseconds(i64::from(1_000_000 / messages)), burst: messages }
    }

    /// The tokens in the bucket now.
    pub fn left(self, full_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> i32 {
        let every = self.every.num_microseconds().unwrap_or(i64::MAX).max(1);
        let taken = full_at.map_or(0, |full_at| (full_at - now).num_microseconds().unwrap_or(i64::MAX).max(0));
        // Whatever has not come back entirely is not there.
        let missing = taken.div_euclid(every) + i64::from(taken % every != 0);
        i32::try_from(i64::from(self.burst).saturating_sub(missing)).unwrap_or(0).max(0)
    }

    /// Takes one token: when the bucket is full again, or, if there is none, when there will be one.
    pub fn take(self, full_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, DateTime<Utc>> {
        let full_at = full_at.map_or(now, |full_at| full_at.max(now)) + self.every;
        let there_at = full_at - self.every * self.burst;
        if there_at <= now { Ok(full_at) } else { Err(there_at) }
    }

    /// A bucket that has no token before `until`.
    pub fn empty_until(self, until: DateTime<Utc>) -> DateTime<Utc> {
        until + self.every * (self.burst - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::milliseconds(ms)
    }

    #[test]
    fn forty_five_at_once_then_one_in_six_seconds() {
        let mut full_at = None;
        for left in (0..45).rev() {
            full_at = Some(PAIR.take(full_at, at(0)).expect("a token"));
            assert_eq!(PAIR.left(full_at, at(0)), left);
        }
        assert_eq!(PAIR.take(full_at, at(0)), Err(at(6_100)));
        assert!(PAIR.take(full_at, at(6_099)).is_err());
        full_at = Some(PAIR.take(full_at, at(6_100)).expect("a token"));
        assert_eq!(PAIR.take(full_at, at(6_100)), Err(at(12_200)));
    }

    #[test]
    fn an_emptied_bucket_waits_and_then_goes_on() {
        let rate = Rate::per_second(80);
        let full_at = Some(rate.empty_until(at(1_000)));
        assert_eq!((rate.left(full_at, at(0)), rate.take(full_at, at(0))), (0, Err(at(1_000))));
        assert!(rate.take(full_at, at(1_000)).is_ok());
    }

    proptest! {
        /// In no stretch of time do more leave than the burst and what came back in it.
        #[test]
        fn never_more_than_the_limit(pauses in prop::collection::vec(0..20_000_i64, 1..120)) {
            let (mut now, mut full_at, mut left) = (0, None, Vec::new());
            for pause in pauses {
                now += pause;
                if let Ok(next) = PAIR.take(full_at, at(now)) {
                    full_at = Some(next);
                    left.push(now);
                }
            }
            for (n, first) in left.iter().enumerate() {
                for (m, last) in left.iter().enumerate().skip(n) {
                    let allowed = 45 + (last - first) / 6_000;
                    prop_assert!(i64::try_from(m - n + 1).expect("few") <= allowed, "{left:?}");
                }
            }
        }
    }
}
