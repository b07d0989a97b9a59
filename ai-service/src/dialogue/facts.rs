//! What the transition may know beside the turn: the office, the time, and what was read for it beforehand.

use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, Timelike, Utc};
use contracts::dto::ai::Source;
use contracts::office::OfficeSettings;
use contracts::{ComplaintNumber, ContactId, TurnId};

use super::Turn;
use super::state::Human;
use super::words::Texts;
use crate::categories::Categories;

/// What the transition may know beside the turn.
#[derive(Debug, Clone)]
pub struct Facts {
    pub turn_id: TurnId,
    pub contact_id: ContactId,
    pub now: DateTime<Utc>,
    pub office_name: String,
    pub emergency_numbers: Vec<String>,
    /// When somebody is on duty again; `None`: somebody is.
    pub opens_at: Option<DateTime<FixedOffset>>,
    pub texts: Texts,
    pub categories: Categories,
    /// The officers' open questions to this citizen.
    pub questions: Vec<Question>,
    /// What a person and the citizen said since the last turn.
    pub human: Option<HumanPart>,
    pub knowledge: Knowledge,
}

/// A question that a complaint waits on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub number: ComplaintNumber,
    pub question: String,
}

/// A takeover that is over.
#[derive(Debug, Clone)]
pub struct HumanPart {
    pub epoch: i64,
    pub human: Human,
    /// What the citizen wrote meanwhile.
    pub citizen: Vec<Turn>,
    /// What the officer wrote, with their note.
    pub officer: Vec<String>,
}

/// What the office's documents say to the turn's question.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Knowledge {
    /// It was no question.
    #[default]
    NotAsked,
    Found {
        answer: String,
        /// Document, version and page, for the citizen.
        cited: String,
        sources: Vec<Source>,
    },
    /// They do not say.
    Unanswerable,
}

impl Facts {
    /// An office with nothing of its own, at this time.
    pub fn plain(turn_id: TurnId, contact_id: ContactId, now: DateTime<Utc>) -> Self {
        Self {
            turn_id,
            contact_id,
            now,
            office_name: "Kantor".to_owned(),
            emergency_numbers: Vec::new(),
            opens_at: None,
            texts: Texts::default(),
            categories: Categories::default(),
            questions: Vec::new(),
            human: None,
            knowledge: Knowledge::NotAsked,
        }
    }

    /// The time on the citizen's wall.
    pub fn local(&self) -> DateTime<FixedOffset> {
        platform::clock::jakarta(self.now).fixed_offset()
    }

    /// The hour of the day in Jakarta, for the greeting.
    pub fn hour(&self) -> u32 {
        self.local().hour()
    }

    pub fn today(&self) -> NaiveDate {
        self.local().date_naive()
    }
}

/// When somebody of the office is on duty again; `None`: somebody is now, or never (then nothing is promised).
pub fn opens_at(settings: &OfficeSettings, now: DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
    const AHEAD: i64 = 21;
    let local = platform::clock::jakarta(now).fixed_offset();
    let spans = |day: NaiveDate| {
        let open = !settings.closed_days.contains(&day);
        let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(1);
        settings.hours.iter().filter(move |span| open && span.weekday == weekday)
    };
    let at = local.naive_local();
    let on = |day: NaiveDate, time| NaiveDateTime::new(day, time);
    let today = at.date();
    if spans(today).any(|span| on(today, span.from) <= at && at < on(today, span.to)) {
        return None;
    }
    let next = (0..AHEAD)
        .map(|days| today + Duration::days(days))
        .flat_map(|day| spans(day).map(move |span| on(day, span.from)))
        .filter(|opens| *opens > at)
        .min()?;
    next.and_local_timezone(*local.offset()).single()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_office_opens_again_on_the_next_working_day() {
        let settings = OfficeSettings {
            closed_days: vec![NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")],
            ..OfficeSettings::default()
        };
        let at = |day, hour, minute| Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).single().expect("a time");
        let opens = |now| opens_at(&settings, now).map(|opens| opens.format("%d %H:%M").to_string());
        assert_eq!(opens(at(20, 2, 0)), None, "Friday, nine o'clock in Jakarta");
        assert_eq!(opens(at(19, 23, 0)).as_deref(), Some("20 08:00"), "Friday, six o'clock");
        assert_eq!(opens(at(20, 9, 0)).as_deref(), Some("24 08:00"), "over the weekend and a closed Monday");
        assert_eq!(opens_at(&OfficeSettings { hours: Vec::new(), ..settings }, at(20, 2, 0)), None);
    }
}
