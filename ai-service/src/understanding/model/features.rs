//! From a text to the numbers that the model weighs.
//!
//! Words and pairs of words say what is meant; stems and pieces of words (2–5 letters) carry it over typing errors and
//! endings; marks say what the grammar found. Places are left out: "Jl. Melati" must not make a complaint one about
//! roads. The category is told from the words of substance alone, so that a long polite letter weighs as a short cry.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::understanding::grammar::Found;
use crate::understanding::normalize;

use super::BUCKETS;

/// One weighed observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    pub bucket: u32,
    pub value: f32,
}

/// What the two heads of the model look at: each of unit length, sorted by bucket.
#[derive(Debug, Clone, Default)]
pub struct Features {
    pub intent: Vec<Feature>,
    pub category: Vec<Feature>,
}

const WORD: f32 = 1.0;
const STEM: f32 = 0.7;
const PAIR: f32 = 0.8;
const PIECE: f32 = 0.28;
const MARK: f32 = 0.8;

/// Words that say nothing about what a complaint is about: grammar, courtesy, time, people, where to.
static EMPTY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../../model/empty.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// The observations of a text.
pub fn of(text: &str, found: &Found) -> Features {
    let tokens = normalize::tokens(&found.without_places());
    let mut intent = Bag::default();
    intent.words(tokens.iter().map(String::as_str));
    if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
        intent.add("first", first, MARK * 0.5);
        intent.add("last", last, MARK * 0.5);
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
            intent.add("mark", mark, MARK);
        }
    }
    let mut category = Bag::default();
    category.words(tokens.iter().map(String::as_str).filter(|token| *token != "0" && !EMPTY.contains(token)));
    Features { intent: intent.merged(), category: category.merged() }
}

#[derive(Default)]
struct Bag(Vec<Feature>);

impl Bag {
    fn add(&mut self, kind: &str, text: &str, value: f32) {
        self.0.push(Feature { bucket: Hash::of(kind).then(text).bucket(), value });
    }

    fn words<'a>(&mut self, tokens: impl Iterator<Item = &'a str>) {
        let mut before: Option<&str> = None;
        let mut padded: Vec<char> = Vec::new();
        for token in tokens {
            self.add("w", token, WORD);
            self.add("s", normalize::stem(token), STEM);
            padded.clear();
            padded.push(' ');
            padded.extend(token.chars());
            padded.push(' ');
            for n in 2..=5 {
                for piece in padded.windows(n) {
                    let hash = piece.iter().fold(Hash::of("c"), |hash, letter| hash.letter(*letter));
                    self.0.push(Feature { bucket: hash.bucket(), value: PIECE });
                }
            }
            if let Some(before) = before {
                self.0.push(Feature { bucket: Hash::of("p").then(before).then(" ").then(token).bucket(), value: PAIR });
            }
            before = Some(token);
        }
    }

    /// Equal observations become one, worth more with their number, but less and less.
    fn merged(mut self) -> Vec<Feature> {
        self.0.sort_by_key(|feature| feature.bucket);
        let mut merged: Vec<Feature> = Vec::with_capacity(self.0.len());
        let mut count = 0f32;
        for feature in self.0 {
            match merged.last_mut() {
                Some(last) if last.bucket == feature.bucket => {
                    count += 1.0;
                    last.value += feature.value / count;
                }
                _ => {
                    count = 1.0;
                    merged.push(feature);
                }
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
}

/// FNV-1a, folded into the buckets.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    fn of(kind: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).then(kind).byte(0)
    }

    fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    fn then(self, text: &str) -> Self {
        text.bytes().fold(self, Self::byte)
    }

    fn letter(self, letter: char) -> Self {
        self.then(letter.encode_utf8(&mut [0; 4]))
    }

    fn bucket(self) -> u32 {
        let folded = (self.0 ^ (self.0 >> 32)) & (BUCKETS as u64 - 1);
        u32::try_from(folded).unwrap_or_default()
    }
}
