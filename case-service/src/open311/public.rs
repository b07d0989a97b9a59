//! Free texts as the public may read them.

use std::sync::LazyLock;

use regex::Regex;

/// What stands where something personal stood.
const HIDDEN: &str = "[disembunyikan]";

/// Numbers that reach or name a person (telephones, NIK, KK, accounts), e-mail addresses, and names that people give
/// themselves.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    let number = r"\+?\d(?:[\s.\-]?\d){7,}";
    let email = r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+";
    Regex::new(&format!("{number}|{email}")).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let named = r"(?i)\b(nama\s+saya|saya\s+bernama|atas\s+nama|a\.?n\.?|hubungi|kontak)\s*:?\s+((?-i:\p{Lu})[\p{L}'.]*(?:\s+(?-i:\p{Lu})[\p{L}'.]*){0,3})";
    Regex::new(named).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});
static HONOURED: LazyLock<Regex> = LazyLock::new(|| {
    let honoured = r"\b((?i:bapak|ibu|pak|bu|bpk|sdr|sdri|saudara|saudari|mas|mbak|haji|hj)\.?)\s+(\p{Lu}[\p{L}'.]*(?:\s+\p{Lu}[\p{L}'.]*){0,2})";
    Regex::new(honoured).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});

/// The text without what tells who somebody is.
pub fn text(text: &str) -> String {
    let text = PERSONAL.replace_all(text, HIDDEN);
    let text = NAMED.replace_all(&text, format!("$1 {HIDDEN}"));
    HONOURED.replace_all(&text, format!("$1 {HIDDEN}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_names_or_reaches_a_person_is_hidden() {
        for (said, shown) in [
            ("Jalan berlubang di Jl. Melati No. 15 RT 02 RW 05", "Jalan berlubang di Jl. Melati No. 15 RT 02 RW 05"),
            ("hubungi 0812-3456-7890 ya", "hubungi [disembunyikan] ya"),
            ("NIK 3201010101010001", "NIK [disembunyikan]"),
            ("tulis ke budi.s@contoh.go.id", "tulis ke [disembunyikan]"),
            ("nama saya Budi Santoso, got mampet", "nama saya [disembunyikan], got mampet"),
            ("depan rumah Pak Harto", "depan rumah Pak [disembunyikan]"),
            ("sejak 20 November 2026", "sejak 20 November 2026"),
        ] {
            assert_eq!(text(said), shown);
        }
    }
}
