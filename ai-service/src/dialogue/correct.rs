//! Corrections: `bukan, di RT 3`, `eh salah, jalan mawar bukan melati`, `bukan jl melati tapi jl mawar`.
//!
//! What must stay true: a correction changes what it names and nothing else.

use std::sync::LazyLock;

use regex::Regex;

use super::Draft;
use crate::understanding::grammar;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

/// What stands before a correction.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\s*(?:eh+|ehh|maaf|sori|sorry|mohon maaf|oh|aduh|ups|oops|bukan(?:\s+itu)?|salah(?:\s+(?:ketik|tulis))?|ralat|koreksi|maksud(?:nya)?(?:\s+saya)?|maksud\s+sy|yang\s+(?:benar|betul|bener)|i\s+mean|no|not|wrong|pak|bu|min)\b[\s,.:;!]*)+",
    )
});
static SAYS_SO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(bukan|salah|ralat|koreksi|maksud(nya)?|yang (benar|betul|bener)|seharusnya|harusnya|keliru|ganti|i mean|instead of|not)\b",
    )
});
/// `mawar bukan melati`.
static NEW_NOT_OLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<new>[\w./' -]{2,80}?)[\s,]+(?:bukan|not|instead of)\s+(?P<old>[\w./' -]{2,60}?)(?:\s+(?:pak|bu|min|kak|ya|mas|mbak))*[\s.!]*$",
    )
});
/// `bukan melati tapi mawar`, `bukan melati, mawar`.
static NOT_OLD_NEW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:bukan|not|salah)\s+(?P<old>[\w./' -]{2,60}?)(?:[\s,]+(?:tapi|tp|melainkan|yang benar|yang bener|but)\s+|,\s*)(?P<new>[\w./' -]{2,80}?)[\s.!]*$",
    )
});
static ITS_RT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(rt|rw)\s*-?\s*nya\b\s*"));
/// Words that only say what kind of place follows.
static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:di\s+)?(?:jalan|jln?\.?|gang|gg\.?|kelurahan|kel\.?|desa|kecamatan|kec\.?|dusun|dsn|blok|perumahan|perum)\s+",
    )
});

/// Whether the text says that something was wrong.
pub fn is_one(text: &str) -> bool {
    SAYS_SO.is_match(text) && text.chars().count() <= 160
}

/// Whether the text begins as a correction does: nothing but a correction.
pub fn leads(text: &str) -> bool {
    LEAD.find(text).is_some_and(|lead| is_one(lead.as_str())) && text.split_whitespace().count() <= 10
}

/// Applies a correction. `true`: something changed.
pub fn apply(draft: &mut Draft, text: &str) -> bool {
    if !is_one(text) {
        return false;
    }
    let before = draft.clone();
    let rest = LEAD.replace(text, "");
    // "rt nya 3 bukan 2" speaks of the RT, whatever else has a 2 in it.
    let rest = ITS_RT.replace(&rest, "$1 ");
    let numbered = grammar::read(&rest);
    let counts = numbered.rt.is_some() || numbered.rw.is_some();
    let pair = NEW_NOT_OLD.captures(rest.trim()).or_else(|| NOT_OLD_NEW.captures(text.trim()));
    if let Some(found) = pair.filter(|_| !counts) {
        swap(draft, found["old"].trim(), found["new"].trim());
    }
    if *draft == before {
        // "di" makes a street of "jalan mawar" even in small letters.
        let places = grammar::read(&format!("di {}", rest.trim()));
        if places.has_place() {
            draft.absorb_place(&places.entities());
        }
    }
    let changed = *draft != before;
    if changed {
        draft.forget_attempt();
    }
    changed
}

/// Puts `new` where `old` stands.
fn swap(draft: &mut Draft, old: &str, new: &str) {
    let (old, new) = (bare(old), bare(new));
    if old.is_empty() || new.is_empty() {
        return;
    }
    for slot in
        [&mut draft.alamat, &mut draft.patokan, &mut draft.kelurahan, &mut draft.kecamatan, &mut draft.deskripsi]
    {
        if let Some(value) = slot.as_mut()
            && let Some(at) = find(value, &old)
        {
            value.replace_range(at..at + old.len(), &as_written(&new, &value[at..at + old.len()]));
            return;
        }
    }
}

fn bare(words: &str) -> String {
    MARKER.replace(words.trim(), "").trim().to_owned()
}

/// Where whole words stand, whatever their capitals. Only in ASCII: other letters may change their length.
fn find(value: &str, words: &str) -> Option<usize> {
    let (value, words) = (value.to_ascii_lowercase(), words.to_ascii_lowercase());
    value.match_indices(&words).map(|(at, _)| at).find(|at| {
        let before = value[..*at].chars().next_back();
        let after = value[at + words.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

/// `mawar` becomes `Mawar` where a capital stood.
fn as_written(new: &str, old: &str) -> String {
    if !old.chars().next().is_some_and(char::is_uppercase) {
        return new.to_owned();
    }
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
    };
    new.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draft() -> Draft {
        Draft {
            alamat: Some("Jl. Melati No. 2".to_owned()),
            rt: Some("05".to_owned()),
            deskripsi: Some("lampu taman mati".to_owned()),
            ..Draft::default()
        }
    }

    #[test]
    fn what_is_named_is_changed_and_nothing_else() {
        for (text, alamat, rt) in [
            ("eh salah, jalan mawar bukan melati", "Jl. Mawar No. 2", "05"),
            ("mawar bukan melati pak", "Jl. Mawar No. 2", "05"),
            ("bukan melati tapi mawar", "Jl. Mawar No. 2", "05"),
            ("bukan, di RT 3", "Jl. Melati No. 2", "03"),
            ("rt nya 3 bukan 2", "Jl. Melati No. 2", "03"),
            ("maaf salah, maksudnya jalan kenanga no 9", "jalan kenanga no 9", "05"),
            ("ralat: jl anggrek", "jl anggrek", "05"),
        ] {
            let mut draft = draft();
            apply(&mut draft, text);
            assert_eq!((draft.alamat.as_deref(), draft.rt.as_deref()), (Some(alamat), Some(rt)), "{text}");
        }
        let mut other = draft();
        assert!(apply(&mut other, "lampu jalan bukan lampu taman"));
        assert_eq!(other.deskripsi.as_deref(), Some("lampu jalan mati"));
        assert!(!apply(&mut draft(), "makasih pak"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(bukan|salah|ralat)? ?\\PC{0,40} bukan \\PC{0,20}", alamat in "\\PC{0,30}") {
            let mut draft = Draft { alamat: Some(alamat), ..draft() };
            apply(&mut draft, &text);
        }
    }
}
