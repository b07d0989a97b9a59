//! Time as a parameter. Tests hold it still and move it by hand.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Jakarta;

/// Where the time comes from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn set_to(time: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(time))))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now(),
            Source::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Today where the offices are.
    pub fn today_jakarta(&self) -> NaiveDate {
        jakarta_day(self.now())
    }

    /// Moves a clock made by [`Clock::set_to`]; the system's goes its own way.
    pub fn advance(&self, by: chrono::Duration) {
        if let Source::Set(time) = &self.0 {
            *time.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}

/// The calendar day in Asia/Jakarta.
pub fn jakarta_day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&Jakarta).date_naive()
}

/// The same instant as people in Jakarta read it.
pub fn jakarta(time: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    time.with_timezone(&Jakarta)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_day_turns_in_jakarta_not_in_greenwich() {
        let before = Utc.with_ymd_and_hms(2026, 11, 20, 16, 59, 59).single().expect("a time");
        let clock = Clock::set_to(before);
        assert_eq!(clock.today_jakarta().to_string(), "2026-11-20");
        clock.advance(chrono::Duration::seconds(1));
        assert_eq!(clock.today_jakarta().to_string(), "2026-11-21");
    }
}
