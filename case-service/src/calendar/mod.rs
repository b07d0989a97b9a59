//! When an office works: its weekly hours, the nation's holidays, and its own days.
//!
//! Asked by whatever counts working time (`complaints::due`). What must stay true: a calendar always has a next working
//! day, whatever an office sets.

pub mod http;
pub mod national;
pub mod office;
pub mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Asia::Jakarta;
use contracts::office::OfficeSettings;

/// An office's working time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The working spans of each weekday, Monday first, in order and apart from each other.
    week: [Vec<(NaiveTime, NaiveTime)>; 7],
    /// Days on which nobody works, whatever the weekday says.
    closed: BTreeSet<NaiveDate>,
}

impl Default for Calendar {
    /// Monday to Friday, eight to four, without holidays.
    fn default() -> Self {
        Self::new(&OfficeSettings::default(), BTreeSet::new())
    }
}

impl Calendar {
    /// From the office's weekly hours and the days on which it is closed beside its own settings.
    pub fn new(settings: &OfficeSettings, mut closed: BTreeSet<NaiveDate>) -> Self {
        closed.extend(&settings.closed_days);
        let mut week: [Vec<(NaiveTime, NaiveTime)>; 7] = Default::default();
        for hours in settings.hours.iter().filter(|hours| hours.from < hours.to) {
            if let Some(day) = usize::from(hours.weekday).checked_sub(1).and_then(|day| week.get_mut(day)) {
                day.push((hours.from, hours.to));
            }
        }
        if week.iter().all(Vec::is_empty) {
            // An office without hours still owes an answer: the law's week stands in.
            let law = OfficeSettings { closed_days: Vec::new(), ..OfficeSettings::default() };
            return Self::new(&law, closed);
        }
        for day in &mut week {
            day.sort_unstable();
            // Spans that overlap are one.
            day.dedup_by(|next, before| {
                let touches = next.0 <= before.1;
                if touches {
                    before.1 = before.1.max(next.1);
                }
                touches
            });
        }
        Self { week, closed }
    }

    /// The working spans of a day.
    pub fn spans(&self, day: NaiveDate) -> &[(NaiveTime, NaiveTime)] {
        if self.closed.contains(&day) {
            return &[];
        }
        usize::try_from(day.weekday().num_days_from_monday())
            .ok()
            .and_then(|n| self.week.get(n))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether anybody works on this day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.spans(day).is_empty()
    }

    /// This day, or the first working day after it.
    pub fn working_day_from(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is_working_day(day) && day < NaiveDate::MAX {
            day = next(day);
        }
        day
    }
}

/// The day in Jakarta on which an instant lies.
pub fn jakarta_day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&Jakarta).date_naive()
}

/// The day after.
pub fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

/// A time of a day in Jakarta, where clocks are never changed.
pub fn at(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = day.and_time(time);
    Jakarta.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |time| time.with_timezone(&Utc))
}

/// The first instant of a day in Jakarta.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    at(day, NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use contracts::office::OpenHours;

    use super::*;

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).expect("a time")
    }

    fn hours(weekday: u8, from: u32, to: u32) -> OpenHours {
        OpenHours { weekday, from: time(from), to: time(to) }
    }

    #[test]
    fn spans_that_overlap_are_one_and_nonsense_is_none() {
        let settings = OfficeSettings {
            hours: vec![
                hours(6, 13, 16),
                hours(6, 8, 12),
                hours(6, 11, 14),
                hours(0, 8, 9),
                hours(8, 8, 9),
                hours(1, 9, 9),
            ],
            ..OfficeSettings::default()
        };
        let calendar = Calendar::new(&settings, BTreeSet::new());
        let saturday = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        assert_eq!(calendar.spans(saturday), [(time(8), time(16))]);
        assert!(!calendar.is_working_day(next(saturday)));
    }

    #[test]
    fn an_office_without_hours_has_the_laws_week() {
        let calendar =
            Calendar::new(&OfficeSettings { hours: Vec::new(), ..OfficeSettings::default() }, BTreeSet::new());
        assert_eq!(calendar, Calendar::default());
    }
}
