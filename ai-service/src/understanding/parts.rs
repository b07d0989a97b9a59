//! Several complaints in one message: the text in parts, each a complaint of its own.
//!
//! Called by the dialogue for a message that begins a complaint. What must stay true: there is always at least one part;
//! parts are cut only where the writer begins anew (a list, "selain itu", "dan") *and* each part alone is a complaint of
//! another category or place: a cause and its consequence ("got mampet dan banjir") stay one complaint.

use std::sync::LazyLock;

use contracts::intent::Intent;
use regex::Regex;

use super::Understood;
use super::builtin::Builtin;

/// One complaint of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The citizen's own words.
    pub text: String,
    /// What they mean; a place that only an earlier part names is taken over from there.
    pub understood: Understood,
}

/// More parts than anybody reports at once: what follows stays in the last one.
const MOST: usize = 5;
/// Pieces beyond these are not looked at one by one.
const MOST_PIECES: usize = 16;
/// How sure of its category a piece must be to be a complaint of its own, after words that say so.
const SURE: f64 = 0.5;
/// The same after a mere "dan".
const VERY_SURE: f64 = 0.72;

/// The writer begins anew here.
static STRONG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?im)(?:^|[\s,.;])(?:(?:dan\s+)?(?:selain\s+(?:itu|dari\s+itu|tersebut)|dan\s+juga|(?:satu|1)\s+lagi|(?:laporan|aduan|masalah|keluhan)\s+(?:ke)?(?:dua|2|lainnya|lain)",
        r"|yang\s+ke-?\s?(?:dua|tiga|2|3)|kedua|ketiga|sekalian(?:\s+(?:mau\s+)?lapor(?:kan)?)?|oh?\s?(?:i?ya|y)\s+(?:sama|juga)|terus\s+juga|trs\s+jg|di\s+samping\s+itu",
        r"|kemudian\s+juga|juga\s+mau\s+lapor|mau\s+lapor\s+juga|also|besides|another\s+(?:thing|problem)|secondly))[\s,:]+",
        r"|^\s*(?:\(?\d{1,2}\s?[.)]|[-*•–])\s+|\s\(?[2-9]\s?[.)]\s+|\n+",
    ))
    .expect("a fixed pattern")
});

/// The writer may begin anew here.
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[\s,]+(?:dan|sama|serta|juga|and|&|plus|jg|trus|terus|lalu)\s+(?:juga\s+)?")
        .expect("a fixed pattern")
});

/// Cuts a message into its complaints.
pub fn split(builtin: &Builtin, text: &str) -> Vec<Part> {
    let whole = || vec![Part { text: text.trim().to_owned(), understood: builtin.read(text) }];
    let pieces = pieces(text);
    if pieces.len() < 2 || text.split_whitespace().count() < 5 {
        return whole();
    }
    let mut parts: Vec<(String, Option<Understood>)> = Vec::new();
    for (piece, strong) in pieces {
        let understood = builtin.read(piece);
        let complaint = is_complaint(&understood, if strong { SURE } else { VERY_SURE });
        let full = parts.len() >= MOST;
        match parts.last_mut() {
            Some((words, before))
                if full || !complaint || !before.as_ref().is_none_or(|before| differ(before, &understood)) =>
            {
                words.push_str(if strong { "\n" } else { " " });
                words.push_str(piece.trim());
                if before.is_none() && complaint {
                    *before = Some(understood);
                }
            }
            // Words before the first complaint ("mau lapor dua hal") belong to it.
            Some((words, before @ None)) => {
                words.push(' ');
                words.push_str(piece.trim());
                *before = Some(understood);
            }
            _ => parts.push((piece.trim().to_owned(), complaint.then_some(understood))),
        }
    }
    if parts.len() < 2 {
        return whole();
    }
    inherit(parts.into_iter().map(|(words, _)| Part { understood: builtin.read(&words), text: words }).collect())
}

/// The text between the places where the writer begins anew; `true`: surely.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut cuts: Vec<(std::ops::Range<usize>, bool)> = Vec::new();
    let mut from = 0;
    while let Some(found) = STRONG.find_at(text, from) {
        let house = counts_houses(&text[..found.start()], found.as_str());
        // What follows the house number may itself begin anew: "no 3. Selain itu".
        let skipped =
            text[found.start()..].find(|c: char| c.is_ascii_digit()).map_or(found.end(), |at| found.start() + at + 1);
        from = if house { skipped } else { found.end() };
        if !house {
            cuts.push((found.range(), true));
        }
    }
    if text.split_whitespace().count() <= 45 {
        cuts.extend(WEAK.find_iter(text).map(|found| (found.range(), false)));
    }
    cuts.sort_by_key(|(range, strong)| (range.start, !strong));
    let mut pieces = Vec::new();
    let (mut at, mut strong) = (0, true);
    for (cut, is_strong) in cuts {
        if cut.start < at || pieces.len() + 1 >= MOST_PIECES {
            continue;
        }
        pieces.push((&text[at..cut.start], strong));
        (at, strong) = (cut.end, is_strong);
    }
    pieces.push((&text[at..], strong));
    pieces.retain(|(piece, _)| piece.chars().any(char::is_alphanumeric));
    pieces
}

/// "no 3. Selain itu": the number belongs to the place before it, it begins no list.
fn counts_houses(before: &str, mark: &str) -> bool {
    let digit = mark.trim_start().trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit());
    let last = before.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    digit
        && ["no", "nomor", "nmr", "rt", "rw", "blok", "km", "gang", "gg"].contains(&last.trim_matches(['.', ':', ',']))
}

fn is_complaint(understood: &Understood, sure: f64) -> bool {
    let category = understood.categories.first().map_or(0.0, |(_, probability)| *probability);
    understood.guess == Intent::CreateComplaint && understood.entities.deskripsi.is_some() && category >= sure
}

/// Of another category, or of the same at another place.
fn differ(one: &Understood, other: &Understood) -> bool {
    let category = |understood: &Understood| understood.categories.first().map(|(category, _)| category.clone());
    let place = |understood: &Understood| understood.entities.alamat.as_ref().map(|place| place.to_lowercase());
    match (place(one), place(other)) {
        (Some(here), Some(there)) if here != there => true,
        _ => category(one) != category(other),
    }
}

/// A place that is named once holds for what follows.
fn inherit(mut parts: Vec<Part>) -> Vec<Part> {
    for i in 1..parts.len() {
        let before = parts[i - 1].understood.entities.clone();
        let mine = &mut parts[i].understood.entities;
        let placed =
            [&mine.alamat, &mine.rt, &mine.rw, &mine.kelurahan, &mine.kecamatan].iter().any(|slot| slot.is_some());
        if !placed {
            mine.alamat = before.alamat;
            mine.rt = before.rt;
            mine.rw = before.rw;
            mine.kelurahan = before.kelurahan;
            mine.kecamatan = before.kecamatan;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(text: &str) -> Vec<String> {
        let parts = split(&Builtin::shipped(), text);
        parts.iter().map(|part| part.understood.categories[0].0.to_string()).collect()
    }

    #[test]
    fn two_complaints_are_two_parts() {
        for (text, expected) in [
            ("lampu jalan mati di jl mawar, selain itu sampah di tps belum diangkut", ["lampu_jalan", "sampah"]),
            ("1. jalan berlubang di jl melati\n2. got mampet di jl kenanga", ["jalan_rusak", "drainase_banjir"]),
            ("mau lapor jalan berlubang di jl melati dan pohon tumbang di jl anggrek", ["jalan_rusak", "pohon"]),
            ("air pdam mati sudah 3 hari, satu lagi parkir liar di depan pasar", ["air_bersih", "parkir_lalu_lintas"]),
        ] {
            assert_eq!(categories(text), expected, "{text}");
        }
        let parts = split(
            &Builtin::shipped(),
            "lampu jalan mati di jl mawar rt 2 rw 3, selain itu sampah numpuk belum diangkut",
        );
        assert_eq!(parts[1].understood.entities.alamat.as_deref(), Some("jl mawar"));
    }

    #[test]
    fn one_complaint_stays_one() {
        for text in [
            "got mampet dan banjir masuk rumah",
            "jalan rusak dan berlubang",
            "saya dan warga mengeluh lampu jalan mati sama sekali",
            "mau lapor\njalan rusak\ndi jl melati",
            "lampu jalan mati, gelap dan rawan begal",
            "",
            "halo pak dan bu",
        ] {
            assert_eq!(categories(text).len(), 1, "{text}");
        }
    }
}
