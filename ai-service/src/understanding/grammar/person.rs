//! Personal numbers in a text: phones and NIK.

use std::sync::LazyLock;

use contracts::WaUserId;
use regex::Regex;

static PHONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\+?62|\b0)[\s\-.]?8[\d\s\-.]{7,14}\d\b").expect("a fixed pattern"));

static NIK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{16}\b").expect("a fixed pattern"));

/// Mobile numbers, however they are written.
pub fn phones(text: &str) -> Vec<WaUserId> {
    PHONE.find_iter(text).filter_map(|found| WaUserId::parse(found.as_str()).ok()).collect()
}

/// National identity numbers: sixteen digits whose birth date can be one (women's days are raised by 40).
pub fn niks(text: &str) -> Vec<&str> {
    let plausible = |nik: &&str| {
        let part = |range: std::ops::Range<usize>| nik.get(range).and_then(|digits| digits.parse::<u32>().ok());
        matches!(part(6..8), Some(1..=31 | 41..=71)) && matches!(part(8..10), Some(1..=12))
    };
    NIK.find_iter(text).map(|found| found.as_str()).filter(plausible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_niks_are_told_apart() {
        let text = "nik 3201234507900001 hp 0812-3456-7890 atau +62 813 9999 0000";
        assert_eq!(niks(text), ["3201234507900001"]);
        let phones: Vec<String> = phones(text).iter().map(ToString::to_string).collect();
        assert_eq!(phones, ["6281234567890", "6281399990000"]);
        assert!(niks("1111111111111111").is_empty() || niks("9999999999999999").is_empty());
    }
}
