//! From a text to the numbers that the model weighs.
//!
//! Words and pairs of words say what is meant; pieces of words (2–5 letters) carry it over typing errors and endings;
//! marks say what the grammar found. Places are left out: "Jl. Melati" must not make a complaint one about roads.

use crate::understanding::grammar::Found;
use crate::understanding::normalize;

use super::BUCKETS;

/// One weighed observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    pub bucket: u32,
    pub value: f32,
}

const WORD: f32 = 1.0;
const PAIR: f32 = 0.8;
const PIECE: f32 = 0.28;
const MARK: f32 = 0.8;

/// The observations of a text: unit length, sorted by bucket.
pub fn of(text: &str, found: &Found) -> Vec<Feature> {
    let tokens = normalize::tokens(&found.without_places());
    let mut raw: Vec<Feature> = Vec::with_capacity(tokens.len() * 24);
    let mut add = |kind: &str, text: &str, value: f32| raw.push(Feature { bucket: bucket(kind, text), value });

    for token in &tokens {
        add("w", token, WORD);
        let padded: Vec<char> = format!(" {token} ").chars().collect();
        for n in 2..=5 {
            for piece in padded.windows(n) {
                add("c", &piece.iter().collect::<String>(), PIECE);
            }
        }
    }
    for pair in tokens.windows(2) {
        add("p", &format!("{} {}", pair[0], pair[1]), PAIR);
    }
    if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
        add("first", first, MARK * 0.5);
        add("last", last, MARK * 0.5);
    }
    for (mark, there) in [
        ("number", found.complaint.is_some()),
        ("place", found.has_place()),
        ("question", text.contains('?')),
        ("one word", tokens.len() == 1),
        ("short", tokens.len() <= 3),
        ("long", tokens.len() >= 9),
    ] {
        if there {
            add("mark", mark, MARK);
        }
    }
    merge(raw)
}

/// FNV-1a over kind and text, folded into the buckets.
fn bucket(kind: &str, text: &str) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in kind.bytes().chain([0]).chain(text.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let folded = (hash ^ (hash >> 32)) & (BUCKETS as u64 - 1);
    u32::try_from(folded).unwrap_or_default()
}

fn merge(mut raw: Vec<Feature>) -> Vec<Feature> {
    raw.sort_by_key(|feature| feature.bucket);
    let mut merged: Vec<Feature> = Vec::with_capacity(raw.len());
    for feature in raw {
        match merged.last_mut() {
            Some(last) if last.bucket == feature.bucket => last.value += feature.value,
            _ => merged.push(feature),
        }
    }
    let length = merged.iter().map(|feature| feature.value * feature.value).sum::<f32>().sqrt();
    if length > 0.0 {
        for feature in &mut merged {
            feature.value /= length;
        }
    }
    merged
}
