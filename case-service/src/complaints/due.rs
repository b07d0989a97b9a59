//! Until when the office has time, as Asia/Jakarta counts it, over the office's own calendar.
//!
//! Days end at midnight: what is due on a day is due at its last second. Hours count while the office works. A pause
//! pushes the end on by as long as it lasted, and then to the next moment at which somebody works.

use chrono::{DateTime, Duration, Utc};
use contracts::category::{Sla, SlaUnit};

use crate::calendar::{Calendar, at, jakarta_day, next, start_of};

/// When the time is over that began at `clock_started_at`.
pub fn due_at(clock_started_at: DateTime<Utc>, sla: Sla, paused: Duration, calendar: &Calendar) -> DateTime<Utc> {
    match sla.unit {
        SlaUnit::WorkingDays => days(clock_started_at, sla.amount, paused, calendar),
        SlaUnit::WorkingHours => hours(clock_started_at, sla.amount, paused, calendar),
    }
}

/// The last second of the n-th working day after the day on which the clock started.
fn days(start: DateTime<Utc>, amount: i32, paused: Duration, calendar: &Calendar) -> DateTime<Utc> {
    let mut day = jakarta_day(start);
    for _ in 0..amount {
        day = calendar.working_day_from(next(day));
    }
    end_of(calendar.working_day_from(jakarta_day(end_of(day) + paused)))
}

/// The moment at which the office has worked that long.
fn hours(start: DateTime<Utc>, amount: i32, paused: Duration, calendar: &Calendar) -> DateTime<Utc> {
    let due = worked(start, Duration::hours(i64::from(amount)), calendar);
    if paused.is_zero() { due } else { worked(due + paused, Duration::zero(), calendar) }
}

/// The first moment at which the office has worked for `left` since `start`.
fn worked(start: DateTime<Utc>, mut left: Duration, calendar: &Calendar) -> DateTime<Utc> {
    let mut day = jakarta_day(start);
    loop {
        for (opens, closes) in calendar.spans(day) {
            let (opens, closes) = (at(day, *opens).max(start), at(day, *closes));
            if opens >= closes {
                continue;
            }
            if left <= closes - opens {
                return opens + left;
            }
            left -= closes - opens;
        }
        day = calendar.working_day_from(next(day));
    }
}

fn end_of(day: chrono::NaiveDate) -> DateTime<Utc> {
    start_of(next(day)) - Duration::seconds(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{Days, NaiveDate};
    use chrono_tz::Asia::Jakarta;
    use contracts::office::OfficeSettings;
    use proptest::prelude::*;

    use super::*;

    fn closed_on(days: BTreeSet<NaiveDate>) -> Calendar {
        Calendar::new(&OfficeSettings::default(), days)
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn due_at(start: DateTime<Utc>, days: i32, paused: Duration) -> DateTime<Utc> {
        super::due_at(start, Sla { amount: days, unit: SlaUnit::WorkingDays }, paused, &Calendar::default())
    }

    fn due_in_hours(start: &str, hours: i32, calendar: &Calendar) -> DateTime<Utc> {
        super::due_at(at(start), Sla { amount: hours, unit: SlaUnit::WorkingHours }, Duration::zero(), calendar)
    }

    fn with_closed_days(days: &[u64]) -> Calendar {
        let start = NaiveDate::from_ymd_opt(2026, 11, 16).expect("a day");
        closed_on(days.iter().map(|n| start + Days::new(*n)).collect())
    }

    #[test]
    fn closed_days_do_not_count() {
        // Tuesday and Wednesday are off.
        let calendar = with_closed_days(&[1, 2]);
        let monday = at("2026-11-16T02:00:00Z");
        let two = Sla { amount: 2, unit: SlaUnit::WorkingDays };
        assert_eq!(super::due_at(monday, two, Duration::zero(), &calendar), at("2026-11-20T16:59:59Z"));
        assert_eq!(due_in_hours("2026-11-16T02:00:00Z", 8, &calendar), at("2026-11-19T02:00:00Z"));
    }

    #[test]
    fn hours_count_while_the_office_works() {
        let calendar = Calendar::default();
        // 10:00 on Monday, in Jakarta: six hours are left of the day.
        assert_eq!(due_in_hours("2026-11-16T03:00:00Z", 6, &calendar), at("2026-11-16T09:00:00Z"));
        assert_eq!(due_in_hours("2026-11-16T03:00:00Z", 7, &calendar), at("2026-11-17T02:00:00Z"));
        // On Friday night the clock waits for Monday, eight o'clock.
        assert_eq!(due_in_hours("2026-11-20T15:00:00Z", 1, &calendar), at("2026-11-23T02:00:00Z"));
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
        fn every_working_day_in_between_is_counted(start in 1_700_000_000_i64..1_900_000_000, days in 1_i32..70) {
            let start = DateTime::from_timestamp(start, 0).expect("a time");
            let due = due_at(start, days, Duration::zero());
            let (first, last) = (jakarta_day(start), jakarta_day(due));
            let counted = first.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| Calendar::default().is_working_day(*day)).count();
            prop_assert_eq!(i32::try_from(counted), Ok(days));
            prop_assert!(Calendar::default().is_working_day(last));
            prop_assert_eq!(due, end_of(last));
        }

        #[test]
        fn a_longer_pause_never_brings_the_end_nearer(start in 1_700_000_000_i64..1_900_000_000, a in 0_i64..9_000_000, b in 0_i64..9_000_000) {
            let start = DateTime::from_timestamp(start, 0).expect("a time");
            let due = |seconds| due_at(start, 14, Duration::seconds(seconds));
            prop_assert!(due(a.min(b)) <= due(a.max(b)));
            prop_assert!(due(a) >= due(0) + Duration::seconds(a));
        }

        /// Against a clock that is looked at every minute.
        #[test]
        fn hours_are_the_minutes_in_which_somebody_works(
            start in 29_000_000_i64..31_000_000,
            hours in 1_i32..40,
            closed in prop::collection::btree_set(0_u64..1_400, 0..300),
        ) {
            let start = DateTime::from_timestamp(start * 60, 0).expect("a time");
            let first = jakarta_day(start);
            let calendar = closed_on(closed.into_iter().map(|n| first + Days::new(n)).collect());
            let sla = Sla { amount: hours, unit: SlaUnit::WorkingHours };
            let due = super::due_at(start, sla, Duration::zero(), &calendar);
            let (mut time, mut worked) = (start, 0);
            while worked < hours * 60 {
                let local = time.with_timezone(&Jakarta);
                let (day, time_of_day) = (local.date_naive(), local.time());
                let works = calendar.spans(day).iter().any(|(opens, closes)| (*opens..*closes).contains(&time_of_day));
                worked += i32::from(works);
                time += Duration::minutes(1);
            }
            prop_assert_eq!(due, time);
        }
    }
}
