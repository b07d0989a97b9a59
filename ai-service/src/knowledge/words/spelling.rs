//! Typing errors and words without vowels: `syrat`, `kelurga`, `srt` → the word that was meant.
//!
//! A word is only corrected when it is none that we know, and when exactly one known word is nearest.

use std::collections::{HashMap, HashSet};

/// The words that others are compared with.
pub(super) struct Vocabulary {
    words: HashSet<String>,
    by_first: HashMap<char, Vec<String>>,
    /// By consonants; `None`: several words have these.
    skeletons: HashMap<String, Option<String>>,
}

/// Shorter words have too many neighbours.
const SHORTEST: usize = 5;
/// From this length on two errors are forgiven.
const LONG: usize = 9;

impl Vocabulary {
    pub fn new(words: HashSet<String>) -> Self {
        let mut by_first: HashMap<char, Vec<String>> = HashMap::new();
        let mut skeletons: HashMap<String, Option<String>> = HashMap::new();
        let mut sorted: Vec<&String> = words.iter().collect();
        sorted.sort();
        for word in sorted {
            if let Some(first) = word.chars().next().filter(|_| word.len() >= SHORTEST - 1) {
                by_first.entry(first).or_default().push(word.clone());
            }
            let bones = skeleton(word);
            if bones.len() >= 3 && bones.len() < word.len() {
                skeletons.entry(bones).and_modify(|word| *word = None).or_insert_with(|| Some(word.clone()));
            }
        }
        Self { words, by_first, skeletons }
    }

    pub fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The word that was meant, if this is none.
    pub fn correct<'a>(&'a self, word: &str) -> Option<&'a str> {
        if self.words.contains(word)
            || self.words.contains(&super::stem::stem(word))
            || !word.bytes().all(|b| b.is_ascii_alphabetic())
        {
            return None;
        }
        let bones = skeleton(word);
        if bones.len() == word.len() {
            // No vowel at all: an abbreviation.
            return self.skeletons.get(&bones).and_then(Option::as_deref);
        }
        if word.len() < SHORTEST {
            return None;
        }
        let allowed = if word.len() >= LONG { 2 } else { 1 };
        let near = self.by_first.get(&word.chars().next()?)?;
        let mut best: Option<(usize, &str)> = None;
        let mut tie = false;
        for candidate in near.iter().filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed) {
            let distance = strsim::osa_distance(word, candidate);
            match best {
                _ if distance > allowed => {}
                Some((nearest, _)) if distance > nearest => {}
                Some((nearest, _)) if distance == nearest => tie = true,
                _ => (best, tie) = (Some((distance, candidate.as_str())), false),
            }
        }
        best.filter(|_| !tie).map(|(_, word)| word)
    }
}

fn skeleton(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, 'a' | 'i' | 'u' | 'e' | 'o')).collect()
}
