//! Kelurahan (or desa) and kecamatan.

use std::ops::Range;

use super::words::{Word, covered, ends_name};

/// One named area.
pub struct Area {
    pub name: String,
    pub is_district: bool,
    pub span: Range<usize>,
}

/// Before `desa` or `kelurahan` these make it an office or a person, not a place.
const NOT_A_PLACE: &[&str] = &[
    "kantor",
    "kepala",
    "pak",
    "perangkat",
    "dana",
    "aparat",
    "petugas",
    "balai",
    "pemerintah",
    "kades",
    "staf",
    "staff",
    "jalan",
    "antar",
];

/// Words after the marker that are no name.
const NO_NAME: &[&str] = &[
    "mana",
    "setempat",
    "terdekat",
    "lain",
    "tetangga",
    "aja",
    "saja",
    "online",
    "sebelahnya",
    "terkait",
    "korupsi",
    "rusak",
];

/// Every area in a text.
pub fn find(text: &str, words: &[Word], cuts: &[Range<usize>]) -> Vec<Area> {
    let mut areas = Vec::new();
    for (i, marker) in words.iter().enumerate() {
        let is_district = match marker.lower.as_str() {
            "kelurahan" | "kel" | "desa" | "ds" | "kalurahan" | "nagari" => false,
            "kecamatan" | "kec" | "kapanewon" => true,
            _ => continue,
        };
        let before = i.checked_sub(1).and_then(|i| words.get(i));
        if before.is_some_and(|word| NOT_A_PLACE.contains(&word.lower.as_str())) {
            continue;
        }
        let name = name(&words[i + 1..], cuts);
        let (Some(first), Some(last)) = (name.first(), name.last()) else { continue };
        let raw = &text[first.span.start..last.span.end];
        areas.push(Area { name: capitals(raw), is_district, span: marker.span.start..last.span.end });
    }
    areas
}

fn name<'a>(words: &'a [Word], cuts: &[Range<usize>]) -> &'a [Word] {
    let is_name = |(i, word): (usize, &Word)| {
        !(word.pause || word.digits || covered(word, cuts) || ends_name(word) || NO_NAME.contains(&word.lower.as_str()))
            && (i == 0 || word.capital == words[0].capital)
    };
    let most = if words.first().is_some_and(|word| word.capital) { 3 } else { 2 };
    let length = words.iter().take(most).enumerate().take_while(|pair| is_name(*pair)).count();
    let name = &words[..length];
    if name.first().is_some_and(|word| word.lower.chars().count() >= 3) { name } else { &[] }
}

/// `suka maju` → `Suka Maju`.
fn capitals(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars
            .next()
            .map_or(String::new(), |first| first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase())
    };
    name.split_whitespace().map(capital).collect::<Vec<_>>().join(" ")
}
