//! Texts as terms: one term for what is written in many ways.
//!
//! Slang is replaced, words lose their affixes, and phrases of one meaning (`kartu tanda penduduk`, `e-ktp`, `id card`)
//! become one term (`synonyms.txt`). Used for passages and questions alike; of a question each term also carries what it
//! may have meant: the word without a typing error, and terms that are near. What must stay true: equal texts give equal
//! terms on every machine; whatever changes them changes [`fingerprint`], so that stored terms are made anew.

mod spelling;
mod stem;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

const SLANG: &str = include_str!("../../../model/slang.tsv");
const MORE_SLANG: &str = include_str!("slang.tsv");
const STOPWORDS: &str = include_str!("stopwords.txt");
const SYNONYMS: &str = include_str!("synonyms.txt");

/// Raised when the code below changes what comes out.
const RECIPE: &str = "terms 1";
/// Words longer than this are no words.
const LONGEST_WORD: usize = 40;

struct Tables {
    slang: HashMap<&'static str, &'static str>,
    stopwords: HashSet<&'static str>,
    /// By first word: the words that follow, and the term that they are.
    phrases: HashMap<String, Vec<(Vec<String>, &'static str)>>,
    near: HashMap<&'static str, Vec<&'static str>>,
    /// Words that typing errors are compared with.
    vocabulary: spelling::Vocabulary,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

impl Tables {
    fn read() -> Self {
        let slang: HashMap<_, _> =
            SLANG.lines().chain(MORE_SLANG.lines()).filter_map(|line| line.split_once('\t')).collect();
        let stopwords: HashSet<_> = STOPWORDS.split_whitespace().collect();
        let mut phrases: HashMap<String, Vec<(Vec<String>, &str)>> = HashMap::new();
        let mut near: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut words: HashSet<String> = stopwords.iter().map(|&word| word.to_owned()).collect();
        words.extend(include_str!("roots.txt").split_whitespace().map(str::to_owned));
        for line in SYNONYMS.lines().filter(|line| !line.starts_with('#')) {
            if let Some(line) = line.strip_prefix('~') {
                let mut terms = line.split_whitespace();
                if let Some(term) = terms.next() {
                    for other in terms {
                        near.entry(term).or_default().push(other);
                        near.entry(other).or_default().push(term);
                    }
                }
                continue;
            }
            let Some((term, ways)) = line.split_once(':') else { continue };
            for way in ways.split(',').chain([term]) {
                let raw = split(way);
                words.extend(raw.iter().cloned());
                let mut stems = raw.iter().map(|word| stemmed(word, &stopwords));
                let Some(first) = stems.next() else { continue };
                phrases.entry(first).or_default().push((stems.collect(), term));
            }
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Self { slang, stopwords, phrases, near, vocabulary: spelling::Vocabulary::new(words) }
    }
}

/// What the terms depend on.
pub fn fingerprint() -> String {
    let mut hasher = Sha256::new();
    for text in [RECIPE, SLANG, MORE_SLANG, STOPWORDS, SYNONYMS, include_str!("roots.txt")] {
        hasher.update(text.replace('\r', "").as_bytes());
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    let [a, b, c, d, ..] = digest[..] else { return String::new() };
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}

/// The terms of a passage, in its order.
pub fn terms(text: &str) -> Vec<String> {
    let words = words(text);
    joined(&words).into_iter().map(|found| found.term).collect()
}

/// One thing that a question asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The terms that would answer it and how well, the best first.
    pub forms: Vec<(String, f64)>,
    /// A word that we have met before; another one is a name, or a typing error.
    pub known: bool,
}

/// A term that is not what was written, but probably what was meant.
const CORRECTED: f64 = 0.9;
/// One word of a phrase.
const PART: f64 = 0.6;
/// A term that is near to what was asked.
const NEAR: f64 = 0.45;

/// What a question asks for, each thing once.
pub fn asked(question: &str) -> Vec<Asked> {
    let tables = &*TABLES;
    let written = words(question);
    let meant: Vec<String> =
        written.iter().map(|word| tables.vocabulary.correct(word).unwrap_or(word).to_owned()).collect();
    let mut asked: Vec<Asked> = Vec::new();
    for found in joined(&meant) {
        let changed = (found.from..found.to).any(|n| written[n] != meant[n]);
        let certainty = if changed { CORRECTED } else { 1.0 };
        let mut forms = vec![(found.term.clone(), certainty)];
        // The word may have been meant as it was written after all.
        let alone = if found.to - found.from == 1 { 1.0 } else { PART };
        for n in (found.from..found.to).filter(|n| written[*n] != meant[*n]) {
            forms.push((stemmed(&written[n], &tables.stopwords), alone));
        }
        for near in tables.near.get(found.term.as_str()).into_iter().flatten() {
            forms.push(((*near).to_owned(), certainty * NEAR));
        }
        let known =
            found.concept || changed || stem::is_root(&found.term) || tables.vocabulary.knows(&meant[found.from]);
        if !asked.iter().any(|before| before.forms[0].0 == found.term) {
            asked.push(Asked { forms, known });
        }
    }
    asked
}

/// A term, and the words that it stands for.
struct Found {
    term: String,
    from: usize,
    to: usize,
    concept: bool,
}

/// Phrases as their terms, the rest as stems; what means nothing by itself is left out.
fn joined(words: &[String]) -> Vec<Found> {
    let tables = &*TABLES;
    let stems: Vec<String> = words.iter().map(|word| stemmed(word, &tables.stopwords)).collect();
    let mut found = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let phrase = tables.phrases.get(&stems[at]).and_then(|list| {
            list.iter()
                .find(|(rest, _)| stems[at + 1..].len() >= rest.len() && stems[at + 1..=at + rest.len()] == rest[..])
        });
        let (term, to, concept) = match phrase {
            Some((rest, term)) => ((*term).to_owned(), at + 1 + rest.len(), true),
            None => (stems[at].clone(), at + 1, false),
        };
        if concept || !tables.stopwords.contains(words[at].as_str()) && term.len() > 1 {
            found.push(Found { term, from: at, to, concept });
        }
        at = to;
    }
    found
}

fn stemmed(word: &str, stopwords: &HashSet<&str>) -> String {
    if stopwords.contains(word) { word.to_owned() } else { stem::stem(word) }
}

/// The words in small letters, slang replaced.
fn words(text: &str) -> Vec<String> {
    let tables = &*TABLES;
    let mut words = Vec::new();
    for word in split(text) {
        match tables.slang.get(word.as_str()) {
            Some(formal) => words.extend(formal.split(' ').map(str::to_owned)),
            None => words.push(word),
        }
    }
    words
}

fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.nfkc().flat_map(char::to_lowercase).chain([' ']) {
        if c.is_alphanumeric() {
            word.push(c);
        } else if !matches!(c, '\'' | '’' | '`' | '\u{ad}' | '\u{200b}'..='\u{200f}') && !word.is_empty() {
            let done = std::mem::take(&mut word);
            words.extend((done.len() <= LONGEST_WORD).then(|| squeezed(&done)));
        }
    }
    words
}

/// `syaraaat` → `syarat`, `anak2` → `anak`.
fn squeezed(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let keep = if run >= 3 && chars[at].is_alphabetic() { 1 } else { run };
        out.extend(std::iter::repeat_n(chars[at], keep));
        at += run;
    }
    match out.strip_suffix('2') {
        Some(stem) if stem.len() >= 4 && stem.bytes().all(|b| b.is_ascii_alphabetic()) => stem.to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_means_the_same_is_the_same_term() {
        for text in ["e-KTP", "KTP elektronik", "kartu tanda penduduk", "ktp-el", "id card", "KTPnya"] {
            assert_eq!(terms(text), ["ktp"], "{text}");
        }
        assert_eq!(terms("Persyaratan pengurusan Kartu Keluarga"), ["syarat", "urus", "kk"]);
        assert_eq!(terms("syarat buat kk apa aja ya kak?"), ["syarat", "urus", "kk"]);
        assert_eq!(terms("surat keterangan belum menikah"), ["janda"]);
    }

    #[test]
    fn typing_errors_and_neighbours_are_tried_too() {
        let forms =
            |question: &str| asked(question).into_iter().map(|asked| asked.forms[0].0.clone()).collect::<Vec<_>>();
        assert_eq!(forms("syrat bkin ktp"), ["syarat", "urus", "ktp"]);
        assert_eq!(forms("kartu kelurga ilang"), ["kk", "hilang"]);
        let birth = asked("akte lahiran");
        assert!(birth.iter().any(|asked| asked.forms.iter().any(|(term, _)| term == "aktalahir")), "{birth:?}");
        assert!(!asked("zxqwv")[0].known);
    }

    proptest! {
        #[test]
        fn any_text_has_terms(text in "\\PC*") {
            for term in terms(&text) {
                prop_assert!(!term.is_empty());
            }
            for asked in asked(&text) {
                prop_assert!(!asked.forms.is_empty());
            }
        }
    }
}
