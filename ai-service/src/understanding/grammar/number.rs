//! Complaint numbers as people copy them: `LAP-20261120-001`, `lap 20261120 001`, `LAP20261120-1`, `lpa 2O261120/OO1`.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::NaiveDate;
use contracts::ComplaintNumber;
use regex::{Captures, Regex};

/// With a prefix, letters may stand for digits and separators may be anything or missing.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bl[ap0]{1,3}[a-z]{0,4}[\s\-_.:/#]{0,3}([2zo\d][\do]\d{2}|[2z][o\d][o\d][o\d])[\s\-_./]?([\doil]{2})[\s\-_./]?([\doil]{2})[\s\-_./#]{0,3}([\doil]{1,6})\b")
        .expect("a fixed pattern")
});

/// Without a prefix, only with its separator.
static BARE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(20\d{2})(\d{2})(\d{2})\s?[\-_/.]\s?(\d{1,6})\b").expect("a fixed pattern"));

/// The complaint number in a text, if there is one.
pub fn complaint_number(text: &str) -> Option<ComplaintNumber> {
    find(text).map(|(number, _)| number)
}

/// The number and where it stands.
pub fn find(text: &str) -> Option<(ComplaintNumber, Range<usize>)> {
    [&*NAMED, &*BARE].into_iter().flat_map(|pattern| pattern.captures_iter(text)).find_map(|captures| {
        let whole = captures.get(0)?.range();
        Some((number(&captures)?, whole))
    })
}

fn number(captures: &Captures<'_>) -> Option<ComplaintNumber> {
    let part = |i: usize| -> Option<u32> { digits(captures.get(i)?.as_str()).parse().ok() };
    let year = i32::try_from(part(1)?).ok().filter(|year| (2020..2100).contains(year))?;
    let day = NaiveDate::from_ymd_opt(year, part(2)?, part(3)?)?;
    part(4).filter(|counter| *counter > 0).map(|counter| ComplaintNumber::new(day, counter))
}

fn digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'o' | 'O' => '0',
            'i' | 'I' | 'l' | 'L' => '1',
            'z' | 'Z' => '2',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        let one = "LAP-20261120-001".parse().ok();
        for text in [
            "LAP-20261120-001",
            "lap 20261120 001",
            "LAP20261120-1",
            "lap20261120001",
            "status LAP - 20261120 - 001 dong",
            "laporan 20261120-001",
            "20261120-001",
            "LPA-20261120-001",
            "lap-2O261120-OO1",
            "lap#20261120#1",
            "lap 2026 11 20 001",
            "LAP_20261120_01",
            "lap.20261120.001",
            "nomor lap: 20261120 001",
        ] {
            assert_eq!(complaint_number(text), one, "{text}");
        }
        assert_eq!(complaint_number("LAP-20261120-1000").map(|n| n.counter()), Some(1000));
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "3201234567890001",
            "081234567890",
            "lap 20261399 001",
            "lapor jalan 20",
            "2026-11-20",
            "lap 20261120 000",
            "lampu 20261120",
        ] {
            assert_eq!(complaint_number(text), None, "{text}");
        }
    }
}
