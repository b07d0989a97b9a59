//! Until when the office has time: working days, Monday to Friday, as Asia/Jakarta counts them.
//!
//! National holidays and an office's own calendar are not counted yet; whoever adds them changes [`is_working_day`] and
//! nothing else.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Asia::Jakarta;

/// The last second of the `days`-th working day after the day on which the clock started. A pause pushes it on, to the
/// last second of the working day that it then falls on or before.
pub fn due_at(clock_started_at: DateTime<Utc>, days: u32, paused: Duration) -> DateTime<Utc> {
    let mut day = jakarta_day(clock_started_at);
    let mut left = days;
    while left > 0 {
        day = next(day);
        if is_working_day(day) {
            left -= 1;
        }
    }
    let mut last = jakarta_day(end_of(day) + paused);
    while !is_working_day(last) {
        last = next(last);
    }
    end_of(last)
}

fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn jakarta_day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&Jakarta).date_naive()
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

/// The first instant of a day in Jakarta, where clocks are never changed.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    Jakarta
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |time| time.with_timezone(&Utc))
}

fn end_of(day: NaiveDate) -> DateTime<Utc> {
    start_of(next(day)) - Duration::seconds(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn weekends_do_not_count() {
        // Friday, 20 November 2026, 16:00 in Jakarta.
        let friday = at("2026-11-20T09:00:00Z");
        assert_eq!(due_at(friday, 1, Duration::zero()), at("2026-11-23T16:59:59Z"));
        assert_eq!(due_at(friday, 5, Duration::zero()), at("2026-11-27T16:59:59Z"));
        assert_eq!(due_at(friday, 14, Duration::zero()), at("2026-12-10T16:59:59Z"));
    }

    #[test]
    fn the_day_is_the_one_in_jakarta() {
        // 23:59:59.9 on Thursday and midnight on Friday, in Jakarta.
        assert_eq!(due_at(at("2026-11-19T16:59:59.900Z"), 1, Duration::zero()), at("2026-11-20T16:59:59Z"));
        assert_eq!(due_at(at("2026-11-19T17:00:00Z"), 1, Duration::zero()), at("2026-11-23T16:59:59Z"));
    }

    #[test]
    fn a_pause_pushes_the_end_on_and_over_a_weekend() {
        let monday = at("2026-11-16T02:00:00Z");
        assert_eq!(due_at(monday, 3, Duration::days(1)), at("2026-11-20T16:59:59Z"));
        assert_eq!(due_at(monday, 4, Duration::hours(1)), at("2026-11-23T16:59:59Z"));
    }

    proptest! {
        /// Against a slow and obvious count.
        #[test]
        fn every_working_day_in_between_is_counted(start in 1_700_000_000_i64..1_900_000_000, days in 1_u32..70) {
            let start = DateTime::from_timestamp(start, 0).expect("a time");
            let due = due_at(start, days, Duration::zero());
            let (first, last) = (jakarta_day(start), jakarta_day(due));
            let counted = first.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| is_working_day(*day)).count();
            prop_assert_eq!(counted, days as usize);
            prop_assert!(is_working_day(last));
            prop_assert_eq!(due, end_of(last));
        }

        #[test]
        fn a_longer_pause_never_brings_the_end_nearer(start in 1_700_000_000_i64..1_900_000_000, a in 0_i64..9_000_000, b in 0_i64..9_000_000) {
            let start = DateTime::from_timestamp(start, 0).expect("a time");
            let due = |seconds| due_at(start, 14, Duration::seconds(seconds));
            prop_assert!(due(a.min(b)) <= due(a.max(b)));
            prop_assert!(due(a) >= due(0) + Duration::seconds(a));
        }
    }
}
