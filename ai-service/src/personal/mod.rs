//! Personal data in what people write: where phones, NIK, family-card numbers, e-mail addresses, number plates and
//! names stand.
//!
//! Called by the dialogue, which keeps numbers out of tickets, and by whatever sends text to an outside model, which
//! puts placeholders there instead. What must stay true: it is pure and never panics, spans are sorted, lie on character
//! borders and never overlap, and a doubtful number counts as personal (a placeholder too many costs nothing).

mod names;
mod numbers;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use numbers::{niks, phones};

/// What kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Phone,
    /// The number of an identity card (KTP).
    Nik,
    /// The number of a family card (KK).
    FamilyCard,
    Email,
    /// A vehicle's number plate: in a complaint it is evidence, towards outside models it is personal.
    Plate,
    Name,
}

impl Kind {
    /// Whether it has no place in a ticket's text: whoever reads the ticket knows the citizen by other means.
    pub fn is_kept_out_of_tickets(self) -> bool {
        matches!(self, Self::Phone | Self::Nik | Self::FamilyCard | Self::Email)
    }
}

/// One find and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// Everything personal in a text, in its order.
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = numbers::find(text);
    spans.extend(names::find(text).into_iter().map(|range| Span { kind: Kind::Name, range }));
    apart(spans)
}

/// Where names that are known already stand (the profile's, the staff's), whatever their capitals, in whole words.
pub fn find_known<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<Span> {
    apart(names::known(text, known).into_iter().map(|range| Span { kind: Kind::Name, range }).collect())
}

/// The text with every find replaced by what `instead` says.
pub fn replace(text: &str, spans: &[Span], mut instead: impl FnMut(&Span, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let (Some(before), Some(found)) = (text.get(at..span.range.start), text.get(span.range.clone())) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&instead(span, found));
        at = span.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The text as it may stand in a ticket: without phones, NIK, family-card numbers and e-mail addresses.
pub fn for_ticket(text: &str) -> String {
    let spans: Vec<Span> = find(text).into_iter().filter(|span| span.kind.is_kept_out_of_tickets()).collect();
    if spans.is_empty() {
        return text.to_owned();
    }
    replace(text, &spans, |span, _| {
        match span.kind {
            Kind::Phone => "[nomor telepon]",
            Kind::Nik => "[NIK]",
            Kind::FamilyCard => "[nomor KK]",
            Kind::Email => "[email]",
            Kind::Plate => "[pelat nomor]",
            Kind::Name => "[nama]",
        }
        .to_owned()
    })
}

/// Puts spans of different finders in order; where two overlap, the first and longer stays.
pub fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.range.start, usize::MAX - span.range.end, span.kind));
    let mut end = 0;
    spans.retain(|span| {
        let free = span.range.start >= end && !span.range.is_empty();
        if free {
            end = span.range.end;
        }
        free
    });
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(Kind, &str)> {
        find(text).into_iter().map(|span| (span.kind, &text[span.range])).collect()
    }

    #[test]
    fn everything_personal_in_a_letter_is_found() {
        let text = "Saya Rina Kurniasih, NIK 3201234507900001, no KK: 3201231201100007, hp 0812-3456-7890 atau \
                    rina.k@contoh.co.id. Mobil B 1234 XYZ milik Pak Hendra parkir di RT 03 RW 05.";
        assert_eq!(
            found(text),
            [
                (Kind::Name, "Rina Kurniasih"),
                (Kind::Nik, "3201234507900001"),
                (Kind::FamilyCard, "3201231201100007"),
                (Kind::Phone, "0812-3456-7890"),
                (Kind::Email, "rina.k@contoh.co.id"),
                (Kind::Plate, "B 1234 XYZ"),
                (Kind::Name, "Hendra"),
            ]
        );
    }

    #[test]
    fn a_ticket_keeps_the_words_and_loses_the_numbers() {
        assert_eq!(
            for_ticket("KTP belum jadi, NIK 3201234507900001, hubungi 081234567890"),
            "KTP belum jadi, NIK [NIK], hubungi [nomor telepon]"
        );
        assert_eq!(for_ticket("lampu mati 3 hari"), "lampu mati 3 hari");
    }

    #[test]
    fn known_names_are_found_however_they_are_written() {
        let text = "kata BUDI SANTOSO nanti budi yang urus, bukan budiman";
        let names: Vec<&str> = find_known(text, ["Budi Santoso"]).into_iter().map(|span| &text[span.range]).collect();
        assert_eq!(names, ["BUDI SANTOSO", "budi"]);
    }

    proptest! {
        #[test]
        fn spans_are_sound_in_any_text(text in "\\PC*") {
            check(&text)?;
        }

        #[test]
        fn spans_are_sound_in_texts_full_of_numbers_and_names(
            parts in prop::collection::vec(prop::sample::select(vec![
                "0812", "+62", "3456", "7890", "3201234507900001", "nik", "no kk", "B", "1234", "XYZ", "RT", "Pak", "Budi",
                "nama saya", "é", "🙂", "a@b.co", "-", ".", ",", " ", "İ", "saya", "Siti",
            ]), 0..16),
            joint in prop::sample::select(vec!["", " "]),
        ) {
            check(&parts.join(joint))?;
        }
    }

    fn check(text: &str) -> Result<(), TestCaseError> {
        let mut end = 0;
        for span in find(text).into_iter().chain(Vec::new()) {
            prop_assert!(span.range.start >= end && span.range.end > span.range.start);
            prop_assert!(text.get(span.range.clone()).is_some());
            end = span.range.end;
        }
        let _ = for_ticket(text);
        for span in find_known(text, ["Budi Santoso", "é"]) {
            prop_assert!(text.get(span.range).is_some());
        }
        Ok(())
    }
}
