//! Leaves a provider alone that mostly fails, and sends one call from time to time to see whether it is back.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// It looks at this many calls…
const WINDOW: usize = 10;
/// …opens when more than half of them failed, and asks again after this long.
const OPEN_FOR: Duration = Duration::from_secs(10);

/// One provider's record.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    recent: VecDeque<bool>,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether the provider may be asked now. While open, one caller in a while may: it finds out for the others.
    pub fn lets_through(&self, now: Instant) -> bool {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match record.open_until {
            Some(until) if now < until => false,
            Some(_) => {
                record.open_until = Some(now + OPEN_FOR);
                true
            }
            None => true,
        }
    }

    /// Notes how a call went.
    pub fn note(&self, good: bool, now: Instant) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if record.open_until.is_some() {
            if good {
                *record = Record::default();
            } else {
                record.open_until = Some(now + OPEN_FOR);
            }
            return;
        }
        record.recent.push_back(good);
        if record.recent.len() > WINDOW {
            record.recent.pop_front();
        }
        let failures = record.recent.iter().filter(|good| !**good).count();
        if record.recent.len() == WINDOW && failures * 2 > WINDOW {
            record.open_until = Some(now + OPEN_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_above_half_of_ten_and_one_call_finds_out() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for good in [true, true, true, true, false, false, false, false, false] {
            breaker.note(good, now);
            assert!(breaker.lets_through(now));
        }
        breaker.note(false, now);
        assert!(!breaker.lets_through(now), "6 of 10 failed");
        let later = now + OPEN_FOR;
        assert!(breaker.lets_through(later), "one finds out");
        assert!(!breaker.lets_through(later), "the others wait");
        breaker.note(false, later);
        assert!(!breaker.lets_through(later), "it is not back");
        let later = later + OPEN_FOR;
        assert!(breaker.lets_through(later));
        breaker.note(true, later);
        assert!(breaker.lets_through(later) && breaker.lets_through(later), "it is back");
    }
}
