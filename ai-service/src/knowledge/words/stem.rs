//! Indonesian words without their affixes: `pengurusan`, `mengurus`, `diurus` → `urus`.
//!
//! Light on purpose: an affix goes when what is left is a known root (`roots.txt`), the longest one; of unknown words
//! only what no root ends in. What must stay true: equal words give equal stems, whatever stands around them.

use std::collections::HashSet;
use std::sync::LazyLock;

static ROOTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("roots.txt").split_whitespace().filter(|word| word.len() > 2).collect());

/// What may stand before a root, and the letter of the root that it swallowed.
const PREFIXES: &[(&str, &str)] = &[
    ("", ""),
    ("di", ""),
    ("ke", ""),
    ("se", ""),
    ("ber", ""),
    ("be", ""),
    ("bel", ""),
    ("ter", ""),
    ("te", ""),
    ("per", ""),
    ("pe", ""),
    ("pel", ""),
    ("me", ""),
    ("mem", ""),
    ("mem", "p"),
    ("men", ""),
    ("men", "t"),
    ("meng", ""),
    ("meng", "k"),
    ("meny", "s"),
    ("menge", ""),
    ("memper", ""),
    ("diper", ""),
    ("pem", ""),
    ("pem", "p"),
    ("pen", ""),
    ("pen", "t"),
    ("peng", ""),
    ("peng", "k"),
    ("peny", "s"),
    ("penge", ""),
    ("keber", ""),
    ("keter", ""),
    ("kepen", ""),
    ("keselam", ""),
    ("pember", ""),
    ("nge", ""),
    ("ng", ""),
    ("ng", "k"),
    ("ny", "s"),
    ("n", ""),
    ("n", "t"),
    ("m", "p"),
];

/// What may stand after a root.
const SUFFIXES: &[&str] = &[
    "", "nya", "an", "i", "kan", "in", "ku", "mu", "lah", "kah", "pun", "annya", "kannya", "inya", "anku", "anmu",
    "innya", "kanlah", "s",
];

/// The word without its affixes.
pub fn stem(word: &str) -> String {
    if word.len() < 4 || ROOTS.contains(word) || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut best = String::new();
    for suffix in SUFFIXES {
        let Some(front) = word.strip_suffix(suffix) else { continue };
        for (prefix, swallowed) in PREFIXES {
            let Some(rest) = front.strip_prefix(prefix) else { continue };
            if rest.len() + swallowed.len() <= best.len() {
                continue;
            }
            let root = format!("{swallowed}{rest}");
            if ROOTS.contains(root.as_str()) {
                best = root;
            }
        }
    }
    if best.is_empty() { unknown(word).to_owned() } else { best }
}

/// Whether a word is a root that we know.
pub fn is_root(word: &str) -> bool {
    ROOTS.contains(word)
}

/// Of words that we don't know only endings go that belong to no root, and only where enough is left.
fn unknown(word: &str) -> &str {
    for (ending, left) in [("nya", 3), ("lah", 5), ("kah", 5), ("kan", 5), ("an", 5)] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.len() >= left
        {
            return rest;
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_root_in_many_dresses() {
        for (root, words) in [
            ("urus", &["mengurus", "pengurusan", "diurus", "ngurus", "urusin", "urusan"][..]),
            ("layan", &["pelayanan", "layanan", "melayani", "dilayani"]),
            ("hilang", &["kehilangan", "menghilangkan", "hilangnya"]),
            ("syarat", &["persyaratan", "syaratnya", "persyaratannya"]),
            ("terbit", &["penerbitan", "menerbitkan", "diterbitkan"]),
            ("kirim", &["mengirim", "pengiriman", "ngirim"]),
            ("sewa", &["menyewa", "penyewaan", "nyewa"]),
            ("penduduk", &["kependudukan", "penduduknya"]),
        ] {
            for word in words {
                assert_eq!(stem(word), root, "{word}");
            }
        }
        assert_eq!(stem("ktpnya"), "ktp");
        assert_eq!(stem("jalan"), "jalan");
        assert_eq!(stem("keluarga"), "keluarga");
    }
}
