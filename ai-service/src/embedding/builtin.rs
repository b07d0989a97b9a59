//! The embedder that needs no network: words and their parts, hashed into [`DIMENSIONS`] numbers.
//!
//! Terms (stems and phrases of one meaning) weigh most, pairs of neighbours less, their letters in threes to fives least;
//! the last are what typing errors leave intact. Signs are hashed too, so that what collides cancels out on average.
//! What must stay true: equal texts give equal vectors on every machine; [`name`] changes with all they depend on.

use std::collections::HashMap;

use super::{DIMENSIONS, normalise};
use crate::knowledge::words;

/// Raised when the code below changes what comes out.
const RECIPE: u32 = 1;
/// What pairs and letters weigh beside a term's own weight.
const PAIR: f32 = 0.35;
const LETTERS: f32 = 0.55;
/// Each term lies in so many places: two that collide in one still differ in the others.
const PLACES: u8 = 3;
const SHORTEST_GRAM: usize = 3;
const LONGEST_GRAM: usize = 5;

/// What stands beside each of these vectors.
pub fn name() -> String {
    format!("builtin:{RECIPE}:{}", words::fingerprint())
}

/// The vector of a text.
pub fn embed(text: &str) -> Vec<f32> {
    of_terms(&words::terms(text))
}

/// The vector of a question, with typing errors corrected.
pub fn embed_question(question: &[words::Asked]) -> Vec<f32> {
    let terms: Vec<String> = question.iter().map(|asked| asked.forms[0].0.clone()).collect();
    of_terms(&terms)
}

/// Several texts as one, each with its weight: a question and its answer, headings and a passage.
pub fn embed_parts(parts: &[(&str, f32)]) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    for (text, weight) in parts.iter().filter(|(text, _)| !text.is_empty()) {
        for (sum, x) in vector.iter_mut().zip(embed(text)) {
            *sum += weight * x;
        }
    }
    normalise(&mut vector);
    vector
}

fn of_terms(terms: &[String]) -> Vec<f32> {
    let mut counts: HashMap<&str, f32> = HashMap::new();
    for term in terms {
        *counts.entry(term).or_default() += 1.0;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    // Floats are added in one order, or equal texts would differ in the last digit.
    counts.sort_unstable_by_key(|(term, _)| *term);
    let mut vector = vec![0.0; DIMENSIONS];
    for (term, count) in counts {
        let weight = rarity(term) * (1.0 + count.ln());
        for place in 0..PLACES {
            add(&mut vector, hash(u64::from(place), term.as_bytes()), weight / f32::from(PLACES).sqrt());
        }
        letters(&mut vector, term, weight * LETTERS);
    }
    for pair in terms.windows(2) {
        let weight = rarity(&pair[0]).min(rarity(&pair[1])) * PAIR;
        add(&mut vector, hash(90, format!("{} {}", pair[0], pair[1]).as_bytes()), weight);
    }
    normalise(&mut vector);
    vector
}

fn letters(vector: &mut [f32], term: &str, weight: f32) {
    let chars: Vec<char> = std::iter::once('_').chain(term.chars()).chain(['_']).collect();
    let grams: Vec<String> = (SHORTEST_GRAM..=LONGEST_GRAM)
        .flat_map(|length| chars.windows(length).map(|gram| gram.iter().collect::<String>()))
        .collect();
    let each = weight / f32::from(u16::try_from(grams.len().max(1)).unwrap_or(u16::MAX)).sqrt();
    for gram in grams {
        add(vector, hash(91, gram.as_bytes()), each);
    }
}

/// What a term says: the words that stand in every question about an office say little.
fn rarity(term: &str) -> f32 {
    match term {
        "urus" | "surat" | "terang" | "kelurahan" | "kantor" | "warga" => 0.4,
        "syarat" | "dimana" | "jadwal" | "layan" | "data" | "baru" => 0.6,
        "biaya" | "lama" | "online" | "ubah" | "ambil" | "daftar" | "bayar" | "anak" => 0.8,
        _ => 1.0,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is below DIMENSIONS")]
fn add(vector: &mut [f32], hash: u64, weight: f32) {
    let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
    vector[(hash % DIMENSIONS as u64) as usize] += sign * weight;
}

/// FNV-1a, finished so that its low bits depend on all of the text.
fn hash(kind: u64, bytes: &[u8]) -> u64 {
    let mut hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15), |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::super::cosine;
    use super::*;

    #[test]
    fn near_in_meaning_is_near_in_space() {
        let near = |a, b| cosine(&embed(a), &embed(b));
        let same = near("syarat bikin e-ktp", "persyaratan pembuatan kartu tanda penduduk");
        let typo = near("pertambangan rakyat", "pertambanggan rakyyat");
        let other = near("syarat bikin e-ktp", "jadwal truk sampah hari senin");
        assert!(same > 0.95, "{same}");
        assert!(typo > 0.15, "{typo}");
        assert!(other < 0.2, "{other}");
        assert!(embed("apa saja ya kak").iter().all(|x| *x == 0.0), "nothing was said");
    }
}
