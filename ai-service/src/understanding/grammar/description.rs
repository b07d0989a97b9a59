//! The words that describe the problem: the text without greetings, openers, places and thanks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::words;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:selamat|slmt|slamat|met)\s+(?:pagi|siang|sore|malam|mlm)|ass?alamu\S*(?:\s+w[a-z]*\.?\s*w[a-z]*\.?)?|ass|pagi|siang|sore|malam",
        r"|halo+|hallo+|hai|hi|hello|good\s+(?:morning|afternoon|evening)|permisi|punten|nuwun sewu|mohon\s+maaf(?:\s+mengganggu)?|dengan\s+hormat|p",
        r"|yth\.?|kepada|kpd|bapak/ibu|bapak|ibu|pak|bu|min|admin|kak|mas|mbak|bang|gan|lurah|camat|wali|semua)(?:[\s,.:;!]+|$)",
    ))
});

static OPENER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:(?:saya|sy|aku|kami)\s+)?(?:(?:mau|ingin|pengen|pgn|hendak|izin|ijin|bermaksud|mo)\s+)?(?:(?:untuk|buat|bikin|membuat|menyampaikan)\s+)?",
        r"(?:me)?(?:lapor(?:kan|in|an)?|ngelapor|ngadu|mengadu(?:kan)?|adu(?:kan|an)|pengaduan|keluhan|komplain)(?:\s+(?:baru|lagi))?",
        r"|(?:can\s+)?i(?:\s+want\s+to|'?d\s+like\s+to|\s+would\s+like\s+to|\s+need\s+to)?\s+(?:report(?:\s+(?:something|here))*|complain(?:\s+about)?|(?:make|file|lodge|submit|have)\s+an?\s+(?:report|complaint))|report|tolong|mohon|mhn|tlg)",
        r"(?:[\s,.:;!]+(?:soal|tentang|masalah|mengenai|bahwa|kalau|ada|an?|the|about|ya|dong|nih|pak|bu|min|kak))*(?:[\s,.:;!]+|$)",
    ))
});

static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[\s,.;!]*(?:terima\s*kasih|makasi?h?|mksh|trims|tks|thanks?(?:\s+you)?|matur\s+(?:nu)?wun)(?:\s+(?:ya|pak|bu|banyak|sebelumnya|min))*[\s.!]*$",
    )
});

/// What leads to a place and means nothing without it.
static LEADS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:(?:yang\s+)?(?:ber)?lokasi(?:nya)?|alamat(?:nya)?|tempat(?:nya)?|tepat(?:nya)?|ber(?:ada|alamat)|lokasi|ruas|sepanjang|di|at|in|on|dari|daerah)\s*[:\-]?\s*)+$",
    )
});

static BEFORE_PUNCTUATION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+([,.;!?])"));
static DOUBLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"([,;.])(?:\s*[,;.])+"));

/// The description in a text whose places are `cuts`.
pub fn of(text: &str, cuts: &[Range<usize>], known: bool) -> Option<String> {
    let rest = without_places(text, cuts);
    let rest = without_openers(&rest);
    let rest = THANKS.replace(rest, "");
    let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    let rest = BEFORE_PUNCTUATION.replace_all(&rest, "$1");
    let rest = DOUBLE.replace_all(&rest, "$1");
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ",.;:-–/".contains(c));
    let rest = LEADS.replace(rest, "");
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ",.;:-–/".contains(c));
    let words = rest.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    (words >= if known { 1 } else { 3 }).then(|| rest.to_owned())
}

/// Cuts the places out, and the words that only led to them.
fn without_places(text: &str, cuts: &[Range<usize>]) -> String {
    let mut cuts: Vec<Range<usize>> = cuts.to_vec();
    cuts.sort_by_key(|cut| cut.start);
    let mut wide: Vec<Range<usize>> = Vec::new();
    for cut in cuts {
        let from = wide.last().map_or(0, |before| before.end);
        let Some(before) = text.get(from..cut.start) else { continue };
        let start = LEADS.find(before).map_or(cut.start, |lead| from + lead.start());
        wide.push(start..cut.end);
    }
    words::cut(text, wide.iter())
}

fn without_openers(text: &str) -> &str {
    let mut rest = text.trim_start();
    for _ in 0..8 {
        let greeting = GREETING.find(rest).or_else(|| OPENER.find(rest)).map_or(0, |found| found.end());
        if greeting == 0 {
            break;
        }
        rest = rest[greeting..].trim_start_matches(|c: char| c.is_whitespace() || ",.;:!-".contains(c));
    }
    rest
}
