//! Days and numbers as answers: what the grammar reads in any text, and the short forms that only an answer has
//! (`senin`, `3 hari`, `20/11`, `tiga`).

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;

use crate::understanding::grammar;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{4})-(\d{2})-(\d{2})\b"));
static DAY_AND_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\D*(\d{1,2})\s?[/.\-]\s?(\d{1,2})\D*$"));
static SINCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(\d{1,3}|se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)\s?(hari|minggu|bulan|tahun)\b",
    )
});
static WEEKDAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\b"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"-?\d+(?:[.,]\d+)*"));

/// The day that an answer names, seen from `today`. Days to come are none: what is reported has happened.
pub fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let read = |text: &str| grammar::when(text, today).map(|when| when.day);
    let found = match exact(text, today) {
        Some(exact) => exact,
        None => read(text)
            // Asked since when, people leave the "lalu" out.
            .or_else(|| read(&format!("{} lalu", SINCE.find(text)?.as_str())))
            .or_else(|| read(&format!("hari {}", WEEKDAY.find(text)?.as_str())))?,
    };
    (found <= today).then_some(found)
}

/// `2026-11-20`, and `20/11` of the last year in which it was.
fn exact(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(found) = ISO.captures(text) {
        return NaiveDate::from_ymd_opt(found[1].parse().ok()?, found[2].parse().ok()?, found[3].parse().ok()?);
    }
    let found = DAY_AND_MONTH.captures(text)?;
    let in_year = |year| NaiveDate::from_ymd_opt(year, found[2].parse().ok()?, found[1].parse().ok()?);
    in_year(today.year()).filter(|day| *day <= today).or_else(|| in_year(today.year() - 1))
}

const WORDS: [(&str, f64); 24] = [
    ("nol", 0.0),
    ("satu", 1.0),
    ("dua", 2.0),
    ("tiga", 3.0),
    ("empat", 4.0),
    ("lima", 5.0),
    ("enam", 6.0),
    ("tujuh", 7.0),
    ("delapan", 8.0),
    ("sembilan", 9.0),
    ("sepuluh", 10.0),
    ("sebelas", 11.0),
    ("seratus", 100.0),
    ("seribu", 1000.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
];

/// The first number in a text: `3`, `1.500`, `2,5`, `tiga`, `dua belas`, `lima puluh`.
pub fn number(text: &str) -> Option<f64> {
    let low = text.to_lowercase();
    if let Some(found) = DIGITS.find(&low) {
        return digits(found.as_str());
    }
    let words: Vec<&str> = low.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| WORDS.iter().any(|(name, _)| name == word))?;
    let unit = WORDS.iter().find(|(name, _)| *name == words[at]).map(|(_, value)| *value)?;
    Some(match words.get(at + 1) {
        Some(&"belas") => unit + 10.0,
        Some(&"puluh") => {
            let ones = words.get(at + 2).and_then(|word| WORDS.iter().find(|(name, _)| name == word));
            unit * 10.0 + ones.map_or(0.0, |(_, value)| *value)
        }
        Some(&"ratus") => unit * 100.0,
        Some(&"ribu") => unit * 1000.0,
        _ => unit,
    })
}

/// Indonesia writes `1.500` for a thousand and a half thousand, and `2,5` for two and a half.
fn digits(text: &str) -> Option<f64> {
    let thousands = text.split('.').count() > 1 && text.split(['.', ',']).skip(1).all(|group| group.len() == 3);
    let plain = if thousands { text.replace('.', "").replace(',', ".") } else { text.replace(',', ".") };
    plain.parse().ok().or_else(|| text.split(['.', ',']).next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        // A Friday.
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        for (text, expected) in [
            ("hari ini", "2026-11-20"),
            ("tadi pagi", "2026-11-20"),
            ("kemarin sore", "2026-11-19"),
            ("3 hari yang lalu", "2026-11-17"),
            ("dua minggu lalu", "2026-11-06"),
            ("sudah seminggu", "2026-11-13"),
            ("20/11/2026", "2026-11-20"),
            ("1-11-26", "2026-11-01"),
            ("17 agustus", "2026-08-17"),
            ("25 desember", "2025-12-25"),
            ("5 nov 2026", "2026-11-05"),
            ("2026-11-02", "2026-11-02"),
            ("senin", "2026-11-16"),
            ("hari jumat", "2026-11-20"),
            ("yesterday", "2026-11-19"),
        ] {
            assert_eq!(day(text, today).map(|day| day.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["besok", "tidak ingat", "31/02/2026", "21/11/2026", "halo"] {
            assert_eq!(day(text, today), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("3", 3.0),
            ("sekitar 5 meter", 5.0),
            ("1.500", 1500.0),
            ("2,5", 2.5),
            ("tiga", 3.0),
            ("dua belas", 12.0),
            ("lima puluh dua", 52.0),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        assert_eq!(number("banyak"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_them_panic(text in "\\PC*") {
            let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
            prop_assert!(day(&text, today).is_none_or(|day| day <= today));
            let _ = number(&text);
        }
    }
}
