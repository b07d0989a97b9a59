//! The time that outside models may take, all of them together, in one turn.

use std::time::Duration;

use tokio::time::Instant;

/// Less than this is not worth a call.
const LEAST: Duration = Duration::from_millis(150);

/// Runs out at a fixed moment, whoever uses it.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    ends: Instant,
}

impl Budget {
    /// This long from now.
    pub fn lasting(total: Duration) -> Self {
        Self { ends: Instant::now() + total }
    }

    /// Half of what is left: understanding must leave time for the answer.
    #[must_use]
    pub fn half(self) -> Self {
        Self::lasting(self.left() / 2)
    }

    /// What is left.
    pub fn left(self) -> Duration {
        self.left_at(Instant::now())
    }

    fn left_at(self, now: Instant) -> Duration {
        self.ends.saturating_duration_since(now)
    }

    /// The share of the next of `waiting` providers; `None`: too little is left.
    pub fn share(self, waiting: usize) -> Option<Duration> {
        self.share_at(Instant::now(), waiting)
    }

    fn share_at(self, now: Instant, waiting: usize) -> Option<Duration> {
        let share = self.left_at(now) / u32::try_from(waiting.max(1)).unwrap_or(u32::MAX);
        (share >= LEAST).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_share_and_nobody_more_than_is_left() {
        let now = Instant::now();
        let budget = Budget { ends: now + Duration::from_secs(12) };
        assert_eq!(budget.share_at(now, 2), Some(Duration::from_secs(6)));
        let later = now + Duration::from_secs(6);
        assert_eq!(budget.share_at(later, 1), Some(Duration::from_secs(6)));
        assert_eq!(budget.share_at(later + Duration::from_millis(5_900), 1), None);
        assert_eq!(budget.left_at(later + Duration::from_mins(1)), Duration::ZERO);
        assert!(budget.half().left() <= Duration::from_secs(6));
    }
}
