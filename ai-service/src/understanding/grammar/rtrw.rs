//! RT and RW in all their spellings: `RT 02 RW 05`, `RT02/05`, `rt.2/rw.5`, `RT/RW 02/05`, `Rw.13`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

static TOGETHER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // RT/RW 02/05, rt rw 2 5
        r"(?i)\brt\s*[./\s]\s*rw\s*[.:]?\s*(?P<rt>\d{1,4})\s*[/\-,.\s]\s*(?:rw\s*)?(?P<rw>\d{1,4})\b",
        // RT 02 RW 05, rt.2/rw.5, rt03rw04, RT: 02, RW: 05
        r"(?i)\b(?:rt|erte)\s*[.:]?\s*(?P<rt>\d{1,4})[\s/,.\-]*(?:dan\s+)?(?:rw|erwe)\s*[.:]?\s*(?P<rw>\d{1,4})\b",
        // RW 05 RT 02
        r"(?i)\brw\s*[.:]?\s*(?P<rw>\d{1,4})[\s/,.\-]*rt\s*[.:]?\s*(?P<rt>\d{1,4})\b",
        // RT02/05
        r"(?i)\brt\s*[.:]?\s*(?P<rt>\d{1,4})\s*/\s*(?P<rw>\d{1,4})\b",
    ]
    .into_iter()
    .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
    .collect()
});

static ALONE: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [r"(?i)\b(?:rt|erte)\s*[.:]?\s*(?P<n>\d{1,4})\b", r"(?i)\b(?:rw|erwe)\s*[.:]?\s*(?P<n>\d{1,4})\b"]
        .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
});

/// Numbers in words, as in "rt tiga rw lima".
const WORDS: &[&str] =
    &["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas", "duabelas"];

static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)\b(?P<which>rt|rw|erte|erwe)\s*[.:]?\s*(?P<word>dua belas|{})\b", WORDS.join("|")))
        .expect("a fixed pattern")
});

type Pair = (Option<String>, Option<String>);

/// The last pair named (a correction comes after what it corrects), and where every mention stands.
pub fn find(text: &str) -> (Pair, Vec<Range<usize>>) {
    for pattern in TOGETHER.iter() {
        let all: Vec<Captures<'_>> = pattern.captures_iter(text).collect();
        if let Some(last) = all.last() {
            let pair = (number(last, "rt"), number(last, "rw"));
            return (pair, all.iter().filter_map(|c| c.get(0)).map(|m| m.range()).collect());
        }
    }
    let mut spans = Vec::new();
    let mut said: [Option<String>; 2] = [None, None];
    for captures in IN_WORDS.captures_iter(text) {
        let (Some(whole), Some(which)) = (captures.get(0), captures.name("which")) else { continue };
        let word = captures.name("word").map_or("", |word| word.as_str()).to_lowercase().replace(' ', "");
        let number = WORDS.iter().position(|known| *known == word).map(|position| format!("{:02}", position + 1));
        said[usize::from(which.as_str().to_lowercase().ends_with('w') || which.as_str().to_lowercase() == "erwe")] =
            number;
        spans.push(whole.range());
    }
    let [rt, rw] = [&ALONE[0], &ALONE[1]].map(|pattern| {
        let last = pattern.captures_iter(text).last()?;
        spans.extend(last.get(0).map(|m| m.range()));
        number(&last, "n")
    });
    let [said_rt, said_rw] = said;
    ((rt.or(said_rt), rw.or(said_rw)), spans)
}

/// At least two digits, no superfluous zeros.
fn number(captures: &Captures<'_>, name: &str) -> Option<String> {
    let number: u32 = captures.name(name)?.as_str().parse().ok()?;
    (number > 0).then(|| format!("{number:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for text in [
            "RT 02 RW 05",
            "RT02/05",
            "rt.2/rw.5",
            "RT/RW 02/05",
            "rt 2 rw 5",
            "rt02rw05",
            "RT. 002 / RW. 005",
            "rw 5 rt 2",
            "RT: 02, RW: 05",
            "rt 2, rw 5",
            "Rt 2 dan rw 5",
            "rt.02 / 05",
            "rt rw 2 5",
        ] {
            assert_eq!(find(text).0, (Some("02".to_owned()), Some("05".to_owned())), "{text}");
        }
        assert_eq!(find("di Rw.13 saja").0, (None, Some("13".to_owned())));
        assert_eq!(find("bukan, di RT 3").0, (Some("03".to_owned()), None));
        assert_eq!(find("rt tiga rw lima").0, (Some("03".to_owned()), Some("05".to_owned())));
        assert_eq!(find("rw dua belas").0, (None, Some("12".to_owned())));
        assert_eq!(find("sport 2 start 3").0, (None, None));
    }
}
