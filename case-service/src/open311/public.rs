//! Free texts as the public may read them: without what names or reaches a person. In doubt too much is hidden.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands where something personal stood.
const HIDDEN: &str = "[disembunyikan]";

/// Whom an honorific means without naming a person.
const OFFICES: [&str; 22] = [
    "rt", "rw", "lurah", "camat", "kades", "kadus", "desa", "kepala", "ketua", "guru", "dokter", "bidan", "polisi",
    "petugas", "wali", "walikota", "bupati", "gubernur", "presiden", "haji", "ibu", "dan",
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
}

/// Numbers that reach or name a person, however they are grouped: telephones, NIK, KK, accounts.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"[+(]?\d(?:[\s.\-/()]{0,3}\d){7,}"));
/// The eight digits of a date name nobody.
static DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$|^\d{4}-\d{2}-\d{2}$"));
static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"));
/// Names that people give themselves or others, in any letters.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(nama\s+saya|saya\s+bernama|atas\s+nama|a\.?\s?n\.|perkenalkan\s+saya)(\s*:?\s+)([\p{L}'.]+(?:\s+[\p{L}'.]+){0,2})",
    )
});
/// `saya Budi Santoso`.
static SELF: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b((?i:saya|aku))(\s+)(\p{Lu}\p{Ll}[\p{L}'.]*(?:\s+\p{Lu}[\p{L}'.]*){0,3})"));
/// `Pak Harto`, `bu siti`.
static HONOURED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b((?i:bapak|ibu|pak|bu|bpk|sdr|sdri|saudara|saudari|mas|mbak|mang|teh|kang|bang|haji|hj|ustad|ustadz)\.?)(\s+)([\p{L}'.]+(?:\s+\p{Lu}[\p{L}'.]*){0,2})",
    )
});

/// The text without what tells who somebody is. `known`: the reporter's own name.
pub fn text(text: &str, known: Option<&str>) -> String {
    let text = NUMBER.replace_all(
        text,
        |found: &Captures<'_>| {
            if DATE.is_match(&found[0]) { found[0].to_owned() } else { HIDDEN.to_owned() }
        },
    );
    let text = EMAIL.replace_all(&text, HIDDEN);
    let text = NAMED.replace_all(&text, format!("$1$2{HIDDEN}"));
    let text = SELF.replace_all(&text, format!("$1$2{HIDDEN}"));
    let text = HONOURED.replace_all(&text, |found: &Captures<'_>| {
        let first = found[3].split_whitespace().next().unwrap_or_default().to_lowercase();
        if OFFICES.contains(&first.as_str()) {
            found[0].to_owned()
        } else {
            format!("{}{}{HIDDEN}", &found[1], &found[2])
        }
    });
    known.into_iter().flat_map(str::split_whitespace).filter(|word| word.chars().count() > 2).fold(
        text.into_owned(),
        |text, word| {
            let word = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(word)));
            word.map_or(HIDDEN.to_owned(), |word| word.replace_all(&text, HIDDEN).into_owned())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_names_or_reaches_a_person_is_hidden() {
        for (said, shown) in [
            ("Jalan berlubang di Jl. Melati No. 15 RT 02 RW 05", "Jalan berlubang di Jl. Melati No. 15 RT 02 RW 05"),
            ("telepon 0812-3456-7890 ya", "telepon [disembunyikan] ya"),
            ("(021) 555 1234", "[disembunyikan]"),
            ("0812 - 3456 - 7890", "[disembunyikan]"),
            ("+62 (812) 3456 789", "[disembunyikan]"),
            ("NIK 3201010101010001", "NIK [disembunyikan]"),
            ("tulis ke budi.s@contoh.go.id", "tulis ke [disembunyikan]"),
            ("nama saya budi santoso, got mampet", "nama saya [disembunyikan], got mampet"),
            ("saya Budi Santoso warga RT 3", "saya [disembunyikan] warga RT 3"),
            ("depan rumah pak harto", "depan rumah pak [disembunyikan]"),
            ("sudah lapor Pak RT dan bu lurah", "sudah lapor Pak RT dan bu lurah"),
            ("sejak 20 November 2026, 20-11-2026", "sejak 20 November 2026, 20-11-2026"),
        ] {
            assert_eq!(text(said, None), shown);
        }
        assert_eq!(
            text("rumah keluarga wijaya (Wijaya)", Some("Andi Wijaya")),
            "rumah keluarga [disembunyikan] ([disembunyikan])"
        );
    }
}
