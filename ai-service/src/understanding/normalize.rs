//! One spelling for what is written in many: for matching only, the ticket keeps the citizen's own words.
//!
//! Used by the model's features and by the signals. What must stay true: it never panics, and equal texts give equal
//! tokens on every machine (the shipped model depends on it).

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

static SLANG: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| include_str!("../../model/slang.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// Lower-case words without punctuation, slang replaced, stretched letters shortened, numbers as `0`.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for raw in words(text) {
        let word = squeeze(&raw);
        let word = word.as_str();
        if word.bytes().all(|b| b.is_ascii_digit()) {
            tokens.push("0".to_owned());
            continue;
        }
        match SLANG.get(word).or_else(|| SLANG.get(singular(word))) {
            Some(formal) => tokens.extend(formal.split(' ').map(str::to_owned)),
            None => tokens.push(singular(word).to_owned()),
        }
    }
    tokens
}

/// The normalised words in one line.
pub fn line(text: &str) -> String {
    tokens(text).join(" ")
}

/// A word without the endings and beginnings that Indonesian puts on (`diperbaiki`, `perbaikan` → `baik`): rough, but the
/// same for every form of most words. Short words stay whole.
pub fn stem(word: &str) -> &str {
    const ENDINGS: &[&str] = &["kannya", "annya", "kan", "nya", "an", "lah", "kah", "i"];
    // "perbaikan" is perbaik-an, "diperbaikkan" would be perbaik-kan.
    const ENDINGS_OF_NOUNS: &[&str] = &["annya", "nya", "an", "lah", "kah", "i"];
    const BEGINNINGS: &[&str] = &[
        "memper", "diper", "keter", "penge", "menge", "meng", "meny", "peng", "peny", "mem", "men", "pem", "pen",
        "ber", "ter", "per", "me", "di", "ke", "se", "pe", "nge", "ng",
    ];
    const SHORTEST: usize = 4;
    if !word.is_ascii() {
        return word;
    }
    let endings = if word.starts_with("pe") || word.starts_with("ke") { ENDINGS_OF_NOUNS } else { ENDINGS };
    let ending = endings.iter().filter_map(|ending| word.strip_suffix(ending)).find(|rest| rest.len() >= SHORTEST);
    let rest = ending.unwrap_or(word);
    let begun = BEGINNINGS.iter().filter_map(|beginning| rest.strip_prefix(beginning));
    begun.into_iter().find(|rest| rest.len() >= SHORTEST).unwrap_or(rest)
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            word.push(c);
        } else if !matches!(c, '\'' | '’' | '`' | '\u{200b}'..='\u{200f}') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `paaakkk` → `pak`: three or more of one letter are one, as in no Indonesian word.
fn squeeze(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    let mut i = 0;
    while i < chars.len() {
        let run = chars[i..].iter().take_while(|c| **c == chars[i]).count();
        let keep = if run >= 3 && !chars[i].is_ascii_digit() { 1 } else { run };
        out.extend(std::iter::repeat_n(chars[i], keep));
        i += run;
    }
    out
}

/// `jalan2` → `jalan`: the 2 says that the word is doubled.
fn singular(word: &str) -> &str {
    match word.strip_suffix('2') {
        Some(stem) if stem.len() >= 3 && stem.bytes().all(|b| b.is_ascii_alphabetic()) => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slang_stretching_and_doubling_are_one_spelling() {
        assert_eq!(line("Jln2 bolong bgt PAAAKKK!!!"), "jalan berlubang banget pak");
        assert_eq!(line("udh 3 hr lmpu blm nyala"), "sudah 0 hari lampu belum menyala");
        assert_eq!(line("assalamu’alaikum"), "assalamualaikum");
    }

    #[test]
    fn the_forms_of_a_word_have_one_stem() {
        assert_eq!(stem("diperbaiki"), stem("perbaikan"));
        assert_eq!(stem("pengangkutan"), "angkut");
        assert_eq!(stem("diangkut"), "angkut");
        assert_eq!(stem("sampahnya"), "sampah");
        assert_eq!(stem("got"), "got");
    }

    proptest! {
        #[test]
        fn any_text_can_be_normalised(text in "\\PC*") {
            for token in tokens(&text) {
                prop_assert!(!stem(&token).is_empty());
                prop_assert!(!token.is_empty());
            }
        }
    }
}
