//! What to tell a citizen out of a passage when no model phrases it: the office's own words, never others.

use std::collections::HashSet;

use super::words::{self, Asked};
use crate::providers::orders;

/// What fits into a chat without scrolling.
const LONGEST: usize = 700;

/// An FAQ entry's answer, or the sentences of a passage that have most of what was asked, in their order.
pub fn excerpt(question: Option<&str>, content: &str, asked: &[Asked]) -> String {
    // Orders to a machine are nothing to tell a citizen.
    let plain = orders::without(content);
    let content = if plain.trim().is_empty() { content } else { &plain };
    let content = question.and_then(|question| content.strip_prefix(question)).unwrap_or(content).trim();
    if content.chars().count() <= LONGEST {
        return content.to_owned();
    }
    let wanted: HashSet<&str> =
        asked.iter().flat_map(|asked| asked.forms.iter().map(|(term, _)| term.as_str())).collect();
    let pieces = pieces(content);
    let points: Vec<usize> = pieces
        .iter()
        .map(|piece| words::terms(piece).iter().filter(|term| wanted.contains(term.as_str())).count())
        .collect();
    let best = (0..pieces.len()).max_by_key(|n| (points[*n], std::cmp::Reverse(*n))).unwrap_or(0);
    // What follows usually belongs to it; what stands before only when there is room.
    let mut length = 0;
    let mut chosen = Vec::new();
    for n in (best..pieces.len()).chain((0..best).rev()) {
        let more = pieces[n].chars().count() + 1;
        if length + more > LONGEST && !chosen.is_empty() {
            break;
        }
        length += more;
        chosen.push(n);
    }
    chosen.sort_unstable();
    let text: String = chosen.iter().map(|n| pieces[*n]).collect();
    text.trim().chars().take(LONGEST * 2).collect()
}

/// Sentences and lines, with what separates them.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let sentence = c == ' ' && matches!(before, '.' | '!' | '?') && at - from > 30;
        if c == '\n' || sentence {
            let to = at + c.len_utf8();
            pieces.push(&text[from..to]);
            from = to;
        }
        before = c;
    }
    if from < text.len() {
        pieces.push(&text[from..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_answered_by_its_answer_and_a_long_passage_by_the_part_that_matches() {
        let asked = words::asked("denda telat akta lahir");
        assert_eq!(excerpt(Some("Apa?"), "Apa?\nItu.", &asked), "Itu.");
        let filler = "Pelayanan dilakukan di loket yang tersedia pada hari kerja. ".repeat(20);
        let text = format!("{filler}Denda keterlambatan akta kelahiran adalah Rp0. {filler}");
        let answer = excerpt(None, &text, &asked);
        assert!(answer.starts_with("Denda keterlambatan"), "{answer}");
        assert!(answer.chars().count() <= LONGEST, "{}", answer.len());
    }
}
