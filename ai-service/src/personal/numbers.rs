//! Phones, NIK, family-card numbers, e-mail addresses and number plates.

use std::ops::Range;
use std::sync::LazyLock;

use contracts::WaUserId;
use regex::Regex;

use super::{Kind, Span, apart};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[a-z0-9][a-z0-9._%+\-]*\s?@\s?[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,12}"));

/// Where a mobile number may begin.
static MOBILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\+\s?62|62|0)[\s\-.()]{0,3}8\d"));
/// Digits that belong on: a group and what stands between it and the one before.
static GROUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s\-.()/]{0,3}\d+"));

static LANDLINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\(0[1-79]\d{1,2}\)[\s\-]?\d{3,4}[\s\-]?\d{2,5}|\b0[1-79]\d{1,2}[\s\-]\d{3,4}[\s\-]?\d{3,5}\b")
});

/// Sixteen digits in the groups in which people copy them.
static GROUPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\d{4}[\s.\-]\d{4}[\s.\-]\d{4}[\s.\-]\d{4}|\d{6}[\s.\-]\d{6}[\s.\-]\d{4}",
        r"|\d{2}[\s.\-]\d{2}[\s.\-]\d{2}[\s.\-]\d{6}[\s.\-]\d{4}",
    ))
});
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d+"));

/// After these words a number with a digit too many or too few is one as well.
static CARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(nik|no(?:mor|mer)?\.?\s*ktp|ktp|no(?:mor|mer)?\.?\s*kk|kk|kartu keluarga)(?:nya|\s+(?:saya|sy|aku|kami|suami|istri|anak))?\s*(?:no(?:mor)?)?[\s.:=;\-]{0,4}(\d[\d\s.\-]{11,22}\d)",
    )
});
static FAMILY_CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:kk|kartu keluarga)\b"));
static IDENTITY_CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:nik|ktp)\b"));

/// Letters of a region, digits, letters: `B 1234 XYZ`.
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(A[ABDEG]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNRST]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[AB]?|R|S|T|W|Z)",
        r"[\s\-.]?(\d{1,4})[\s\-.]?([A-Z]{1,3})\b",
    ))
});
/// The same after a word that says so, however it is written.
static NAMED_PLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:plat|pelat|nopol|no\.?\s?pol|nomor polisi|plat nomor|berplat|license plate|plate)(?:\s+(?:nomor|number|no|nya|mobil|motor)\.?)?[\s.:]{0,3}([a-z]{1,2}[\s\-.]?\d{1,4}(?:[\s\-.]?[a-z]{1,3})?)\b",
    )
});

/// The numbers and addresses of a text.
pub fn find(text: &str) -> Vec<Span> {
    let of = |kind: Kind| move |range: Range<usize>| Span { kind, range };
    let mut spans: Vec<Span> = EMAIL.find_iter(text).map(|found| of(Kind::Email)(found.range())).collect();
    spans.extend(cards(text));
    spans.extend(mobiles(text).into_iter().map(of(Kind::Phone)));
    spans.extend(LANDLINE.find_iter(text).map(|found| of(Kind::Phone)(found.range())));
    spans.extend(plates(text).into_iter().map(of(Kind::Plate)));
    // An e-mail address may hold a phone number, a NIK is never a phone: earlier finders win where two overlap.
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let taken = kept.iter().any(|other| other.range.start < span.range.end && span.range.start < other.range.end);
        if !taken {
            kept.push(span);
        }
    }
    apart(kept)
}

/// NIK and family-card numbers.
fn cards(text: &str) -> Vec<Span> {
    let mut ranges: Vec<Range<usize>> = CARD
        .captures_iter(text)
        .filter_map(|captures| captures.get(2))
        .filter(|number| (14..=18).contains(&number.as_str().chars().filter(char::is_ascii_digit).count()))
        .map(|number| number.range())
        .collect();
    let solid = DIGITS.find_iter(text).filter(|run| run.len() == 16).map(|run| run.range());
    ranges.extend(solid.chain(GROUPED.find_iter(text).map(|found| found.range())));
    ranges
        .into_iter()
        .map(|range| {
            let said = |word: &Regex| word.find_iter(&text[..range.start]).last().map(|found| found.end());
            let near = |end: usize| range.start - end <= 40;
            let kind = match (said(&FAMILY_CARD), said(&IDENTITY_CARD)) {
                (Some(family), identity) if near(family) && identity < Some(family) => Kind::FamilyCard,
                _ => Kind::Nik,
            };
            Span { kind, range }
        })
        .collect()
}

/// Mobile numbers, however their digits are grouped.
fn mobiles(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| MOBILE.find(rest)).map(|found| found.start() + from) {
        let inside = text[..start].ends_with(|c: char| c.is_ascii_digit());
        match (!inside).then(|| mobile(text, start)).flatten() {
            Some(end) => {
                found.push(start..end);
                from = end;
            }
            None => from = start + 1,
        }
    }
    found
}

/// Where the number that begins at `start` ends.
fn mobile(text: &str, start: usize) -> Option<usize> {
    let mut end = start + usize::from(text[start..].starts_with('+'));
    let mut digits = 0usize;
    while let Some(group) = GROUP.find(&text[end..]) {
        let new = group.as_str().chars().filter(char::is_ascii_digit).count();
        let apart = group.as_str().starts_with([' ', '\n', '/', '(']);
        // Long enough already: what follows after a space is another number ("0812 3456 7890, 15 orang").
        let enough = digits >= 11 || digits == 10 && new != 3 && new != 4;
        if digits + new > 15 || apart && enough {
            break;
        }
        digits += new;
        end += group.end();
        if digits >= 13 {
            break;
        }
    }
    let longer = text[end..].starts_with(|c: char| c.is_ascii_digit());
    ((9..=15).contains(&digits) && !longer).then_some(end)
}

fn plates(text: &str) -> Vec<Range<usize>> {
    let named = NAMED_PLATE.captures_iter(text).filter_map(|captures| captures.get(1)).map(|found| found.range());
    let plain = PLATE.captures_iter(text).filter_map(|captures| {
        let whole = captures.get(0)?.range();
        let before = text[..whole.start].trim_end_matches([' ', '.', ':', '/', '-']).to_lowercase();
        let house = [
            "blok", "no", "nomor", "kav", "kavling", "gang", "gg", "jl", "jalan", "unit", "lantai", "rt", "rw",
            "kelas", "tipe", "lt",
        ];
        let is_house = house.iter().any(|word| before.ends_with(word));
        let ends_badly = ["RT", "RW", "NO", "KM", "JL", "GG", "KEL", "KEC", "DAN", "DI", "M", "X"]
            .contains(&captures.get(3)?.as_str());
        (!is_house && !ends_badly && captures.get(2)?.len() >= 2).then_some(whole)
    });
    named.chain(plain).collect()
}

/// Mobile numbers as WhatsApp ids.
pub fn phones(text: &str) -> Vec<WaUserId> {
    mobiles(text).into_iter().filter_map(|range| WaUserId::parse(&text[range]).ok()).collect()
}

/// The digits of every NIK.
pub fn niks(text: &str) -> Vec<String> {
    let digits = |range: Range<usize>| text[range].chars().filter(char::is_ascii_digit).collect();
    find(text).into_iter().filter(|span| span.kind == Kind::Nik).map(|span| digits(span.range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        find(text).into_iter().map(|span| (span.kind, &text[span.range])).collect()
    }

    #[test]
    fn phones_are_found_however_they_are_grouped() {
        for (text, phone) in [
            ("hp 081234567890", "081234567890"),
            ("wa 0812-3456-7890 ya", "0812-3456-7890"),
            ("+62 812 3456 7890", "+62 812 3456 7890"),
            ("+62-812-3456-789", "+62-812-3456-789"),
            ("6281234567890", "6281234567890"),
            ("wa.me/6281234567890", "6281234567890"),
            ("hub 0812.3456.7890.", "0812.3456.7890"),
            ("telp (0812) 34567890", "0812) 34567890"),
            ("0812 3456 7890, 15 orang", "0812 3456 7890"),
            ("telp 021-7654321", "021-7654321"),
            ("telp (0274) 512345", "(0274) 512345"),
        ] {
            assert_eq!(kinds(text), [(Kind::Phone, phone)], "{text}");
        }
        for text in ["LAP-20261120-001", "tgl 08/11/2026", "jam 08.30", "RT 08 RW 12", "no 62 rt 8", "Rp 620.800.000"] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn cards_are_told_apart_and_forgive_a_digit() {
        assert_eq!(kinds("nik3201234507900001"), [(Kind::Nik, "3201234507900001")]);
        assert_eq!(kinds("NIK: 3201 2345 0790 0001"), [(Kind::Nik, "3201 2345 0790 0001")]);
        assert_eq!(kinds("nik saya 320123450790001"), [(Kind::Nik, "320123450790001")]);
        assert_eq!(kinds("3201234507900001"), [(Kind::Nik, "3201234507900001")]);
        assert_eq!(kinds("nomor kk 3201231201100007"), [(Kind::FamilyCard, "3201231201100007")]);
        assert_eq!(niks("nik 3201.2345.0790.0001"), ["3201234507900001"]);
    }

    #[test]
    fn plates_are_no_house_numbers() {
        assert_eq!(kinds("mobil AB 1234 CD"), [(Kind::Plate, "AB 1234 CD")]);
        assert_eq!(kinds("plat h 4567 kl"), [(Kind::Plate, "h 4567 kl")]);
        for text in ["Blok B 12 RT 3", "RT 03 RW 05", "Jl. D 12 A", "No. B 12 C", "KM 12 A"] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
