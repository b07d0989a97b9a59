//! When somebody of an office answers, and when nothing that can wait is sent. Pure: settings and an instant in.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{OfficeSettings, OpenHours};

/// An opening further away than this is not told: nobody would wait for it.
const LOOK_AHEAD_DAYS: u64 = 60;
/// Asia/Jakarta has no summer time.
const OFFSET_SECONDS: i32 = 7 * 3600;

fn local(at: DateTime<Utc>) -> NaiveDateTime {
    FixedOffset::east_opt(OFFSET_SECONDS).map_or(at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
}

fn instant(local: NaiveDateTime) -> DateTime<Utc> {
    local.and_utc() - chrono::Duration::seconds(OFFSET_SECONDS.into())
}

impl OfficeSettings {
    fn spans(&self, day: NaiveDate) -> impl Iterator<Item = &OpenHours> {
        let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or_default();
        let closed = self.closed_days.contains(&day);
        self.hours.iter().filter(move |span| !closed && span.weekday == weekday && span.from < span.to)
    }

    /// Whether somebody of the office answers now.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let now = local(at);
        self.spans(now.date()).any(|span| span.from <= now.time() && now.time() < span.to)
    }

    /// When somebody answers again: now, if the office is open. `None`: not within two months.
    pub fn next_opening(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(at) {
            return Some(at);
        }
        let now = local(at);
        (0..=LOOK_AHEAD_DAYS).filter_map(|days| now.date().checked_add_days(Days::new(days))).find_map(|day| {
            let opening = self.spans(day).map(|span| day.and_time(span.from)).filter(|opening| *opening > now).min()?;
            Some(instant(opening))
        })
    }

    /// When what can wait may be sent: now, unless these are quiet hours.
    pub fn quiet_until(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let Some(quiet) = self.quiet_hours.filter(|quiet| quiet.from != quiet.to) else { return at };
        let now = local(at);
        let time = now.time();
        let over_midnight = quiet.from > quiet.to;
        let is_quiet =
            if over_midnight { time >= quiet.from || time < quiet.to } else { (quiet.from..quiet.to).contains(&time) };
        if !is_quiet {
            return at;
        }
        let ends_tomorrow = over_midnight && time >= quiet.from;
        let day = now.date().checked_add_days(Days::new(u64::from(ends_tomorrow))).unwrap_or(now.date());
        instant(day.and_time(quiet.to))
    }
}

/// An instant as people of the office say it: `Senin, 23 November pukul 08.00 WIB`.
pub fn in_indonesian(at: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
    const MONTHS: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    let at = local(at);
    let day = DAYS[at.weekday().num_days_from_monday() as usize % 7];
    let month = MONTHS[at.month0() as usize % 12];
    format!("{day}, {} {month} pukul {} WIB", at.day(), clock(at.time(), "."))
}

/// The same for those who write English: `Monday, 23 November at 08:00 WIB`.
pub fn in_english(at: DateTime<Utc>) -> String {
    let at = local(at);
    format!("{} at {} WIB", at.format("%A, %-d %B"), clock(at.time(), ":"))
}

fn clock(time: NaiveTime, between: &str) -> String {
    format!("{}{between}{}", time.format("%H"), time.format("%M"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::QuietHours;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+07:00").parse::<DateTime<FixedOffset>>().expect("a time").to_utc()
    }

    fn hour(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour")
    }

    #[test]
    fn the_default_week_opens_at_eight_and_closes_at_four() {
        let office = OfficeSettings::default();
        // 2026-11-20 is a Friday.
        for (time, open) in [
            ("2026-11-20T07:59:59", false),
            ("2026-11-20T08:00:00", true),
            ("2026-11-20T15:59:59", true),
            ("2026-11-20T16:00:00", false),
            ("2026-11-21T10:00:00", false),
        ] {
            assert_eq!(office.is_open(at(time)), open, "{time}");
        }
    }

    #[test]
    fn the_next_opening_skips_the_weekend_and_closed_days() {
        let mut office = OfficeSettings::default();
        let friday_evening = at("2026-11-20T17:00:00");
        assert_eq!(office.next_opening(friday_evening), Some(at("2026-11-23T08:00:00")));
        office.closed_days = vec![NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")];
        assert_eq!(office.next_opening(friday_evening), Some(at("2026-11-24T08:00:00")));
        assert!(!office.is_open(at("2026-11-23T10:00:00")));
        assert_eq!(office.next_opening(at("2026-11-20T05:00:00")), Some(at("2026-11-20T08:00:00")));
        assert_eq!(office.next_opening(at("2026-11-20T09:00:00")), Some(at("2026-11-20T09:00:00")), "it is open");
    }

    #[test]
    fn two_shifts_leave_a_noon_break_and_no_hours_mean_never() {
        let span = |from, to| OpenHours { weekday: 5, from: hour(from), to: hour(to) };
        let office = OfficeSettings { hours: vec![span(13, 16), span(8, 12)], ..OfficeSettings::default() };
        assert_eq!(office.next_opening(at("2026-11-20T12:30:00")), Some(at("2026-11-20T13:00:00")));
        assert_eq!(office.next_opening(at("2026-11-20T16:00:00")), Some(at("2026-11-27T08:00:00")));
        let never = OfficeSettings { hours: Vec::new(), ..OfficeSettings::default() };
        assert_eq!(never.next_opening(at("2026-11-20T12:30:00")), None);
    }

    #[test]
    fn quiet_hours_go_over_midnight_or_not() {
        let quiet = |from, to| OfficeSettings {
            quiet_hours: Some(QuietHours { from: hour(from), to: hour(to) }),
            ..OfficeSettings::default()
        };
        let night = quiet(21, 6);
        assert_eq!(night.quiet_until(at("2026-11-20T20:59:59")), at("2026-11-20T20:59:59"));
        assert_eq!(night.quiet_until(at("2026-11-20T22:00:00")), at("2026-11-21T06:00:00"));
        assert_eq!(night.quiet_until(at("2026-11-21T05:59:00")), at("2026-11-21T06:00:00"));
        assert_eq!(night.quiet_until(at("2026-11-21T06:00:00")), at("2026-11-21T06:00:00"));
        assert_eq!(quiet(12, 13).quiet_until(at("2026-11-20T12:10:00")), at("2026-11-20T13:00:00"));
        assert_eq!(OfficeSettings::default().quiet_until(at("2026-11-20T23:00:00")), at("2026-11-20T23:00:00"));
    }

    #[test]
    fn an_opening_is_said_as_people_say_it() {
        let monday = at("2026-11-23T08:00:00");
        assert_eq!(in_indonesian(monday), "Senin, 23 November pukul 08.00 WIB");
        assert_eq!(in_english(monday), "Monday, 23 November at 08:00 WIB");
    }
}
