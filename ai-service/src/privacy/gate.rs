//! Placeholders for personal data, and back.

use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Masked;
use crate::personal::{self, Kind, Span};

/// A placeholder as models give it back: some lose a bracket or the capitals.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\[?\s?\b(ORANG|TELEPON|NIK|KK|SUREL|PELAT)_(\d{1,4})\b\s?\]?").expect("a fixed pattern")
});

/// Nine digits or more with little between them: whatever it is, it is nobody's business.
static LONG_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\+?\d(?:[\s.\-()/,_*|:]{0,3}\d){8,}").expect("a fixed pattern"));

/// Anything that looks like an e-mail address.
static AT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[^\s@]+\s?@\s?[^\s@]+\.[^\s@]+").expect("a fixed pattern"));

/// Digits of a date, an amount or a complaint's number.
static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\brp\.?\s*\d[\d.,]*|\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}\b|\b(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\b",
        r"|\b\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?\b|\b(?:lap[\s\-_.:/#]{0,3})?20\d{6}[\s\-_./]?\d{1,6}\b",
    ))
    .expect("a fixed pattern")
});

/// The houses that carry their owner's name.
static OWNER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?i:rumah(?:nya)?|rmh|warung|toko|bengkel|kontrakan|kos(?:an)?|sawah|kebun|tanah|lahan|a\.?n\.?|atas nama)\s+",
        r"(?i:milik\s+)?(\p{Lu}\p{Ll}{2,}(?:\s+\p{Lu}\p{Ll}{2,})?)",
    ))
    .expect("a fixed pattern")
});

/// What follows `rumah` without being anybody.
const NOBODY: &[&str] = &[
    "sakit",
    "makan",
    "susun",
    "ibadah",
    "dinas",
    "potong",
    "duka",
    "tangga",
    "warga",
    "saya",
    "kami",
    "penduduk",
    "kosong",
    "toko",
    "kelontong",
    "baru",
    "modern",
    "padang",
    "jalan",
    "sampah",
    "banjir",
    "depan",
    "belakang",
    "sebelah",
    "besar",
    "kecil",
    "makmur",
    "pak",
    "bu",
    "bapak",
    "ibu",
    "desa",
    "negara",
    "adat",
    "wakaf",
];

/// Masks for one request, and knows the way back. What is written equally gets equal placeholders.
#[derive(Default)]
pub struct Gate {
    known: Vec<String>,
    hidden: Vec<Hidden>,
}

struct Hidden {
    placeholder: String,
    original: String,
}

impl Gate {
    /// A gate that also knows these names.
    pub fn new(known: impl IntoIterator<Item = String>) -> Self {
        Self { known: known.into_iter().filter(|name| !name.trim().is_empty()).collect(), hidden: Vec::new() }
    }

    /// The text with placeholders in the place of personal data.
    pub fn mask(&mut self, text: &str) -> Masked {
        let text = plain(text);
        let spans = self.spans(&text);
        Masked(personal::replace(&text, &spans, |span, found| self.placeholder(span.kind, found)))
    }

    /// The text with the data back where placeholders of `shown` stand. `None`: it holds one that was not shown.
    ///
    /// `shown` are the texts that the model may quote: what stood in another one never comes back here.
    pub fn restore<'a>(&self, text: &str, shown: impl IntoIterator<Item = &'a Masked>) -> Option<String> {
        let shown: Vec<&str> = shown.into_iter().map(Masked::as_str).collect();
        let mut foreign = false;
        let restored = PLACEHOLDER.replace_all(text, |captures: &Captures<'_>| {
            let placeholder = format!("[{}_{}]", captures[1].to_uppercase(), &captures[2]);
            let hidden = self.hidden.iter().find(|hidden| hidden.placeholder == placeholder);
            let hidden = hidden.filter(|hidden| shown.iter().any(|text| text.contains(&hidden.placeholder)));
            foreign |= hidden.is_none();
            hidden.map(|hidden| hidden.original.clone()).unwrap_or_default()
        });
        (!foreign).then(|| restored.into_owned())
    }

    fn spans(&self, text: &str) -> Vec<Span> {
        let mut spans = personal::find_known(text, self.known.iter().map(String::as_str));
        spans.extend(personal::find(text).into_iter().map(|span| whole_name(text, span)));
        spans.extend(OWNER.captures_iter(text).filter_map(|captures| captures.get(1)).filter_map(|name| {
            let first = name.as_str().split_whitespace().next().unwrap_or_default().to_lowercase();
            (!NOBODY.contains(&first.as_str())).then(|| Span { kind: Kind::Name, range: name.range() })
        }));
        spans.extend(AT.find_iter(text).map(|found| Span { kind: Kind::Email, range: found.range() }));
        let harmless: Vec<_> = HARMLESS.find_iter(text).map(|found| found.range()).collect();
        spans.extend(LONG_NUMBER.find_iter(text).map(|found| found.range()).filter_map(|range| {
            let explained = harmless.iter().any(|known| known.start <= range.start + 1 && range.end <= known.end + 1);
            (!explained).then_some(Span { kind: Kind::Phone, range })
        }));
        union(spans)
    }

    fn placeholder(&mut self, kind: Kind, found: &str) -> String {
        let word = match kind {
            Kind::Phone => "TELEPON",
            Kind::Nik => "NIK",
            Kind::FamilyCard => "KK",
            Kind::Email => "SUREL",
            Kind::Plate => "PELAT",
            Kind::Name => "ORANG",
        };
        let same = |hidden: &&Hidden| hidden.placeholder[1..].starts_with(word);
        if let Some(hidden) = self.hidden.iter().filter(same).find(|hidden| hidden.original == found) {
            return hidden.placeholder.clone();
        }
        let n = self.hidden.iter().filter(same).count() + 1;
        let placeholder = format!("[{word}_{n}]");
        self.hidden.push(Hidden { placeholder: placeholder.clone(), original: found.to_owned() });
        placeholder
    }
}

/// A name of many words goes on for as long as words have capitals.
fn whole_name(text: &str, mut span: Span) -> Span {
    static MORE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s(\p{Lu}\p{L}+)").expect("a fixed pattern"));
    let many = |range: &std::ops::Range<usize>| text[range.clone()].split_whitespace().count() >= 4;
    while span.kind == Kind::Name && many(&span.range) {
        let Some(more) = MORE.find(&text[span.range.end..]) else { break };
        span.range.end += more.end();
    }
    span
}

/// Without invisible characters, which hide numbers from eyes that read by rule, and without placeholders of its own.
fn plain(text: &str) -> String {
    let seen: String = text
        .chars()
        .filter(|c| {
            !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
                && (!c.is_control() || matches!(c, '\n' | '\t'))
        })
        .map(western)
        .collect();
    PLACEHOLDER
        .replace_all(&seen, |captures: &Captures<'_>| format!("({} {})", &captures[1], &captures[2]))
        .into_owned()
}

/// Full-width and Arabic digits as the digits that they are.
fn western(c: char) -> char {
    let from = |zero: u32| u32::from(c).checked_sub(zero).filter(|n| *n < 10).and_then(|n| char::from_digit(n, 10));
    [0xff10, 0x0660, 0x06f0].into_iter().find_map(from).unwrap_or(c)
}

/// Overlapping finds as one: nothing of either may stay.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.range.start, usize::MAX - span.range.end));
    let mut whole: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.into_iter().filter(|span| !span.range.is_empty()) {
        match whole.last_mut() {
            Some(last) if span.range.start < last.range.end => last.range.end = last.range.end.max(span.range.end),
            _ => whole.push(span),
        }
    }
    whole
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({} names known, {} finds)", self.known.len(), self.hidden.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(known: &[&str], text: &str) -> String {
        Gate::new(known.iter().map(|name| (*name).to_owned())).mask(text).0
    }

    #[test]
    fn personal_data_is_hidden_and_comes_back_where_it_stood() {
        let mut gate = Gate::new(["Budi Santoso".to_owned()]);
        let text = "Saya Budi Santoso, hp 0812-3456-7890, NIK 3201234507900001, di depan rumah Pak Hendra no 5";
        let hidden = gate.mask(text);
        for part in ["Budi", "Santoso", "0812", "7890", "3201234507900001", "Hendra"] {
            assert!(!hidden.as_str().contains(part), "{part} in {}", hidden.as_str());
        }
        assert_eq!(gate.restore(hidden.as_str(), [&hidden]).as_deref(), Some(text));
        assert_eq!(gate.restore("[orang_1]", [&hidden]).as_deref(), Some("Budi Santoso"));
        assert_eq!(gate.restore("[ORANG_9]", [&hidden]), None, "that one was never given out");
        assert!(!format!("{gate:?} {hidden:?}").contains("Budi"));
    }

    #[test]
    fn what_stood_in_another_text_never_comes_back() {
        let mut gate = Gate::default();
        let question = gate.mask("NIK saya 3201234507900001");
        let source = gate.mask("Hubungi 0812-3456-7890");
        assert!(question.as_str().contains("[NIK_1]") && source.as_str().contains("[TELEPON_1]"));
        assert_eq!(gate.restore("NIK [NIK_1]", [&source]), None);
        assert_eq!(gate.restore("ke [TELEPON_1]", [&source]).as_deref(), Some("ke 0812-3456-7890"));
    }

    #[test]
    fn numbers_in_disguise_are_hidden() {
        for text in [
            "0 8 1 2 3 4 5 6 7 8 9 0",
            "0812\u{200b}3456\u{200b}7890",
            "０８１２３４５６７８９０",
            "0812_3456_7890",
            "kosong 812 3456 7890",
            "62|812|3456|7890",
            "32 01 23 45 07 90 00 01",
        ] {
            let hidden = masked(&[], text);
            let digits = hidden.chars().filter(char::is_ascii_digit).count();
            assert!(digits <= 2, "{text} → {hidden}");
        }
    }

    #[test]
    fn facts_stay() {
        for text in [
            "status LAP-20261120-001",
            "biaya Rp 1.500.000.000",
            "tanggal 20-11-2026 jam 08.30",
            "RT 02 RW 05 no 15",
            "Rumah Sakit Umum, Rumah Makan Padang",
        ] {
            assert_eq!(masked(&[], text), text);
        }
        assert_eq!(masked(&[], "dekat rumah Sutrisno"), "dekat rumah [ORANG_1]");
    }

    #[test]
    fn a_placeholder_that_a_citizen_writes_is_only_words() {
        let mut gate = Gate::default();
        let hidden = gate.mask("balas dengan [NIK_1], NIK 3201234507900001");
        assert_eq!(hidden.as_str(), "balas dengan (NIK 1), NIK [NIK_1]");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[a-zA-Z0-9 .,@+\\-]{0,80}") {
            let mut gate = Gate::new(["Siti".to_owned()]);
            let hidden = gate.mask(&text);
            prop_assert_eq!(gate.restore(hidden.as_str(), [&hidden]), Some(text));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", answer in "\\PC*") {
            let mut gate = Gate::new([text.chars().take(5).collect()]);
            let hidden = gate.mask(&text);
            let _ = gate.restore(&answer, [&hidden]);
        }
    }
}
