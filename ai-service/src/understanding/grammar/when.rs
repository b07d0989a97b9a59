//! When something happened, as people say it: "kemarin", "tadi malam", "3 hari lalu", "12/11/2026", "tgl 5 November".

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use regex::{Captures, Regex};

/// A day that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub day: NaiveDate,
    /// The citizen's words.
    pub range: Range<usize>,
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<day>\d{1,2})\s?[/\-.]\s?(?P<month>\d{1,2})\s?[/\-.]\s?(?P<year>20\d{2}|\d{2})\b"));

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<day>\d{1,2})\s+(?P<month>jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec)[a-z]*\.?(?:\s+(?P<year>20\d{2}))?\b",
    )
});

static AGO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<n>\d{1,3}|se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|two|three|four|five|a|one)\s?(?P<unit>hari|hr|minggu|mgg|bulan|bln|tahun|thn|days?|weeks?|months?|years?)\s+(?:yang\s+|yg\s+)?(?:lalu|lewat|kemarin|kmrn|ago)\b",
    )
});

static LAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<unit>minggu|bulan|tahun|week|month|year)\s+(?:yang\s+|yg\s+)?(?:lalu|kemarin|kmrn)\b|\blast\s+(?P<en>week|month|year)\b",
    )
});

static NEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<word>kemarin\s+lusa|kemarin|kemaren|kmrn|kmarin|wingi|kamari|yesterday|semalam|semalem|tadi\s+malam|td\s+mlm|tadi\s+malem|last\s+night|tadi|td|hari\s+ini|today|barusan|baru\s+saja|this\s+morning)\b",
    )
});

static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:hari|sejak|dari|pada)\s+(?P<day>senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\b(?:\s+(?:lalu|kemarin|kmrn))?",
    )
});

/// Reads a day from what its pattern found.
type Reader = fn(&Captures<'_>, NaiveDate) -> Option<NaiveDate>;

/// The first day that a text names, seen from `today`. Never one in the future.
pub fn when(text: &str, today: NaiveDate) -> Option<When> {
    let readers: [(&Regex, Reader); 6] =
        [(&NUMBERS, numbers), (&NAMED, named), (&AGO, ago), (&LAST, last), (&WEEKDAY, weekday), (&NEAR, near)];
    let found = readers.into_iter().flat_map(|(pattern, read)| {
        pattern.captures_iter(text).filter_map(move |captures| {
            let range = captures.get(0)?.range();
            let day = read(&captures, today).filter(|day| *day <= today && day.year() >= 2000)?;
            Some(When { day, range })
        })
    });
    // Where two readings begin alike, the longer one ("3 hari lalu") was read first and stays.
    found.min_by_key(|when| when.range.start)
}

fn part(captures: &Captures<'_>, name: &str) -> Option<u32> {
    captures.name(name)?.as_str().parse().ok()
}

fn numbers(captures: &Captures<'_>, _: NaiveDate) -> Option<NaiveDate> {
    let year = part(captures, "year")?;
    let year = if year < 100 { 2000 + year } else { year };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, part(captures, "month")?, part(captures, "day")?)
}

fn named(captures: &Captures<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let name = captures.name("month")?.as_str().to_lowercase();
    let month = match name.as_str() {
        "jan" => 1,
        "feb" | "peb" => 2,
        "mar" => 3,
        "apr" => 4,
        "mei" | "may" => 5,
        "jun" => 6,
        "jul" => 7,
        "agu" | "agt" | "aug" => 8,
        "sep" => 9,
        "okt" | "oct" => 10,
        "nov" | "nop" => 11,
        _ => 12,
    };
    let day = part(captures, "day")?;
    match part(captures, "year") {
        Some(year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day),
        // "5 Desember" said in January was last year's.
        None => NaiveDate::from_ymd_opt(today.year(), month, day)
            .filter(|date| *date <= today)
            .or_else(|| NaiveDate::from_ymd_opt(today.year() - 1, month, day)),
    }
}

fn ago(captures: &Captures<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let count = captures.name("n")?.as_str().to_lowercase();
    let n: u32 = match count.as_str() {
        "se" | "satu" | "a" | "one" => 1,
        "dua" | "two" => 2,
        "tiga" | "three" => 3,
        "empat" | "four" => 4,
        "lima" | "five" => 5,
        "enam" => 6,
        "tujuh" => 7,
        "delapan" => 8,
        "sembilan" => 9,
        "sepuluh" => 10,
        digits => digits.parse().ok()?,
    };
    back(today, n, captures.name("unit")?.as_str())
}

fn last(captures: &Captures<'_>, today: NaiveDate) -> Option<NaiveDate> {
    back(today, 1, captures.name("unit").or_else(|| captures.name("en"))?.as_str())
}

fn back(today: NaiveDate, n: u32, unit: &str) -> Option<NaiveDate> {
    match unit.to_lowercase().as_bytes().first()? {
        b'h' | b'd' => today.checked_sub_days(Days::new(u64::from(n))),
        b'm' if unit.to_lowercase().starts_with("mo") => today.checked_sub_months(Months::new(n)),
        b'w' | b'm' => today.checked_sub_days(Days::new(7 * u64::from(n))),
        b'b' => today.checked_sub_months(Months::new(n)),
        _ => today.checked_sub_months(Months::new(n.checked_mul(12)?)),
    }
}

fn weekday(captures: &Captures<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let wanted = match captures.name("day")?.as_str().to_lowercase().as_str() {
        "senin" => Weekday::Mon,
        "selasa" => Weekday::Tue,
        "rabu" => Weekday::Wed,
        "kamis" => Weekday::Thu,
        "sabtu" => Weekday::Sat,
        "minggu" | "ahad" => Weekday::Sun,
        _ => Weekday::Fri,
    };
    (0..7).filter_map(|days| today.checked_sub_days(Days::new(days))).find(|day| day.weekday() == wanted)
}

fn near(captures: &Captures<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let word = captures.name("word")?.as_str().to_lowercase();
    let days = match word.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["kemarin", "lusa"] => 2,
        ["kemarin" | "kemaren" | "kmrn" | "kmarin" | "wingi" | "kamari" | "yesterday" | "semalam" | "semalem"]
        | ["tadi" | "td" | "last", _] => 1,
        _ => 0,
    };
    today.checked_sub_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_read_as_people_say_them() {
        let today: NaiveDate = "2026-11-20".parse().expect("a day");
        for (text, day) in [
            ("mati sejak kemarin", "2026-11-19"),
            ("banjir tadi malam", "2026-11-19"),
            ("rusak 3 hari lalu", "2026-11-17"),
            ("dua minggu yang lalu", "2026-11-06"),
            ("bulan lalu", "2026-10-20"),
            ("kejadian tgl 12/11/2026 sore", "2026-11-12"),
            ("5 November jam 8", "2026-11-05"),
            ("5 Desember", "2025-12-05"),
            ("sejak hari senin", "2026-11-16"),
            ("hari ini", "2026-11-20"),
            ("two days ago", "2026-11-18"),
        ] {
            let found = when(text, today).map(|when| when.day.to_string());
            assert_eq!(found.as_deref(), Some(day), "{text}");
        }
        for text in ["rt 12/11", "besok", "31/02/2026", "tanggal 12/12/2026", "3 hari", "LAP-20261120-001"] {
            assert_eq!(when(text, today), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", n in 0u32..5000) {
            let today = NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day");
            let _ = when(&text, today);
            let _ = when(&format!("{n} tahun lalu, {n} bulan lalu, {n}/{n}/{n}"), today);
        }
    }
}
