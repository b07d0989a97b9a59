//! Whoever writes more than the office's limit in a minute is answered more slowly: their bursts are collected for
//! longer, so that there are fewer turns. Nothing is lost, and nobody else waits.
//!
//! Pure.

use chrono::Duration;
use contracts::office::OfficeSettings;

/// A flood ends in silence of at least this long, or after the longest wait.
const QUIET: Duration = Duration::seconds(8);
const LONGEST: Duration = Duration::seconds(45);

/// How long a burst waits for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Quiet time that closes it.
    pub quiet: Duration,
    /// At the latest.
    pub longest: Duration,
    pub flooded: bool,
}

/// The window after so many messages of this minute; a tap on a button is a whole answer and closes it at once.
pub fn window(settings: &OfficeSettings, minute_count: i32, tapped: bool) -> Window {
    let limit = i32::try_from(settings.flood_messages_per_minute).unwrap_or(i32::MAX);
    let quiet = Duration::milliseconds(settings.turn_quiet_ms.into());
    let longest = Duration::milliseconds(settings.turn_max_ms.into());
    if limit > 0 && minute_count > limit {
        return Window { quiet: quiet.max(QUIET), longest: longest.max(LONGEST), flooded: true };
    }
    Window { quiet: if tapped { Duration::zero() } else { quiet }, longest, flooded: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_the_limit_nothing_is_slower() {
        let settings = OfficeSettings::default();
        let window = |count, tapped| super::window(&settings, count, tapped);
        assert_eq!(
            (window(20, false).quiet, window(20, true).quiet),
            (Duration::milliseconds(1_500), Duration::zero())
        );
        assert!(!window(20, false).flooded && window(21, false).flooded);
        assert_eq!((window(21, true).quiet, window(21, true).longest), (QUIET, LONGEST), "taps flood as well");
        let without = OfficeSettings { flood_messages_per_minute: 0, ..settings.clone() };
        assert!(!super::window(&without, 1_000, false).flooded, "0 is no limit");
    }
}
