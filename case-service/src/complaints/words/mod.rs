//! The words of a complaint, as they are looked for: small letters, no marks, no endings, no filler.
//!
//! Pure but for [`store`]. Whatever writes a complaint's texts writes its words in the same transaction; whatever looks
//! for words cuts them the same way. What must stay true: a word cut from a text is cut the same from a question.

pub mod store;
pub mod worker;

use std::collections::BTreeSet;

use super::Complaint;

/// Longer ones are no words.
const LONGEST: usize = 40;
/// As many as a complaint has different ones; the rest adds nothing.
const MOST: usize = 120;

/// Longer numbers are people's: telephones, NIK. Nobody is to be found by them here.
const MOST_DIGITS: usize = 5;

/// Words that stand in every complaint and find none.
const FILLER: [&str; 62] = [
    "ada", "agar", "akan", "aku", "anda", "apa", "atas", "atau", "bapak", "bagi", "bisa", "bu", "dalam", "dan", "dari",
    "dengan", "di", "dong", "gak", "ga", "hal", "harus", "ibu", "ini", "itu", "jadi", "juga", "kalau", "kami",
    "karena", "ke", "kepada", "kita", "lagi", "mohon", "nya", "oleh", "pada", "pak", "para", "saja", "sama", "sampai",
    "sangat", "saya", "secara", "sebagai", "segera", "sekali", "serta", "sih", "sudah", "supaya", "tapi", "telah",
    "tersebut", "tidak", "tolong", "untuk", "yang", "yg", "ya",
];

/// Endings that change no word's subject.
const ENDINGS: [&str; 6] = ["nya", "lah", "kah", "pun", "ku", "mu"];

/// The words of a text.
pub fn of(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|word| {
            let length = word.chars().count();
            let digits = word.chars().filter(char::is_ascii_digit).count();
            (2..=LONGEST).contains(&length) && digits <= MOST_DIGITS && !FILLER.contains(&word.as_str())
        })
        .map(|word| stem(&word).to_owned())
        .take(MOST)
        .collect()
}

/// The words under which a complaint is found.
pub fn of_complaint(complaint: &Complaint) -> BTreeSet<String> {
    let place = &complaint.place;
    let texts = [
        Some(&complaint.deskripsi),
        Some(&place.alamat),
        place.patokan.as_ref(),
        place.kelurahan.as_ref(),
        place.kecamatan.as_ref(),
    ];
    texts.into_iter().flatten().flat_map(|text| of(text)).take(MOST).collect()
}

/// Small letters without marks.
fn fold(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let marks = |c: &char| !unicode_normalization::char::is_combining_mark(*c);
    word.nfkd().filter(marks).flat_map(char::to_lowercase).collect()
}

/// The word without one ending, if enough of it is left.
fn stem(word: &str) -> &str {
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= 4)).unwrap_or(word)
}

/// A word's threes of letters, with its borders: `jalan` has ` ja`, `jal`, `ala`, `lan`, `an `.
pub fn trigrams(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
    letters.windows(3).map(String::from_iter).collect()
}

/// Which of the known words somebody may have meant: the word itself, one that it begins, or the nearest by typing errors.
pub fn meant(asked: &str, known: Vec<String>) -> Vec<String> {
    let length = asked.chars().count();
    let errors = match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    let begins = |word: &String| length >= 3 && word.starts_with(asked);
    if known.iter().any(|word| word == asked || begins(word)) {
        return known.into_iter().filter(|word| word == asked || begins(word)).collect();
    }
    known.into_iter().filter(|word| strsim::damerau_levenshtein(word, asked) <= errors).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        of(text).into_iter().collect()
    }

    #[test]
    fn words_are_cut_the_same_however_they_are_written() {
        assert_eq!(words("Jalannya BERLUBANG, di Jl. Melati"), ["berlubang", "jalan", "jl", "melati"]);
        assert_eq!(words("jalan berlubang jl melatí"), words("Jalan, berlubang; JL Melati!"));
        assert_eq!(words("yang di dan ke 081234567890 3201010101010001"), Vec::<String>::new());
    }

    #[test]
    fn a_typing_error_finds_what_was_meant_and_a_right_word_only_itself() {
        let known = || ["lampu", "lampau", "jembatan", "jalan", "jalur"].map(str::to_owned).to_vec();
        assert_eq!(meant("lampu", known()), ["lampu"]);
        assert_eq!(meant("lanpu", known()), ["lampu"]);
        assert_eq!(meant("jemabtan", known()), ["jembatan"]);
        assert_eq!(meant("jal", known()), ["jalan", "jalur"]);
        assert_eq!(meant("xyz", known()), Vec::<String>::new());
    }

    #[test]
    fn trigrams_know_where_a_word_begins_and_ends() {
        assert_eq!(trigrams("got").into_iter().collect::<Vec<_>>(), [" go", "got", "ot "]);
    }
}
