//! A document's pieces as passages: long enough to say something, short enough to be about one thing.
//!
//! Pure. What must stay true: every word of the document stands in some passage under the headings that it stood under,
//! and no passage is longer than [`LONGEST`].

use super::extract::{Block, Kind};
use crate::knowledge::answer::pieces;

/// A passage is closed when it has this many characters.
const USUAL: usize = 900;
/// No passage has more.
pub const LONGEST: usize = 1_200;
/// What a passage repeats of the one before it.
const OVERLAP: usize = 160;
/// The most passages of one document.
pub const MOST: usize = 3_000;
/// Headings deeper than this say too little.
const DEEPEST: usize = 4;

/// A passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The headings above it, outermost first.
    pub heading: Option<String>,
    pub page: Option<i32>,
    /// What it answers, if it is an entry.
    pub question: Option<String>,
    pub content: String,
}

/// An FAQ entry is one passage, whatever its answer's length: it begins with its question.
pub fn entry(question: &str, answer: &str) -> Chunk {
    let answer = answer.trim();
    // Some send the question again in front of the answer.
    let answer = answer.strip_prefix(question).unwrap_or(answer).trim();
    let content = if answer.is_empty() { question.to_owned() } else { format!("{question}\n{answer}") };
    Chunk { heading: None, page: None, question: Some(question.to_owned()), content }
}

/// Cuts a document.
pub fn cut(blocks: &[Block]) -> Vec<Chunk> {
    let mut cutting = Cutting::default();
    for block in blocks {
        cutting.block(block);
    }
    cutting.close();
    cutting.chunks
}

#[derive(Default)]
struct Cutting {
    chunks: Vec<Chunk>,
    path: Vec<(u8, String)>,
    text: String,
    page: Option<i32>,
    /// How much of the text is repeated: alone it is no passage.
    repeated: usize,
}

impl Cutting {
    fn block(&mut self, block: &Block) {
        match &block.kind {
            Kind::Heading(level) => {
                self.close();
                self.path.retain(|(above, _)| above < level);
                let heading: String = block.text.replace('\n', " ").chars().take(120).collect();
                self.path.push((*level, heading));
                if self.path.len() > DEEPEST {
                    self.path.remove(1);
                }
            }
            Kind::Answer { question } => {
                self.close();
                for (n, part) in
                    split(&block.text, LONGEST.saturating_sub(question.len()).max(400)).into_iter().enumerate()
                {
                    let mut chunk = entry(question, &part);
                    if n > 0 {
                        chunk.content = part;
                    }
                    self.chunks.push(Chunk { heading: self.heading(), page: block.page, ..chunk });
                }
            }
            Kind::Paragraph | Kind::Item | Kind::Row => {
                for part in split(&block.text, LONGEST - OVERLAP - 2) {
                    self.add(&part, block.page, matches!(block.kind, Kind::Paragraph));
                }
            }
        }
    }

    fn add(&mut self, part: &str, page: Option<i32>, paragraph: bool) {
        let length = self.text.chars().count();
        let more = part.chars().count();
        // A new page is a good place to end, so that what is cited stands where it is said to.
        let turned = page != self.page && length >= USUAL / 2;
        let full = length + more + 2 > LONGEST || length >= USUAL || turned;
        if full && length > self.repeated {
            self.close_with_overlap();
        }
        if self.text.chars().count() + more + 2 > LONGEST {
            (self.text, self.repeated) = (String::new(), 0);
        }
        if self.text.is_empty() || self.text.chars().count() == self.repeated {
            self.page = page;
        }
        if !self.text.is_empty() {
            self.text.push_str(if paragraph { "\n\n" } else { "\n" });
        }
        self.text.push_str(part);
    }

    fn heading(&self) -> Option<String> {
        (!self.path.is_empty()).then(|| self.path.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" > "))
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.chars().count() > self.repeated && !text.trim().is_empty() {
            let (heading, page) = (self.heading(), self.page);
            self.chunks.push(Chunk { heading, page, question: None, content: text.trim().to_owned() });
        }
        self.repeated = 0;
    }

    fn close_with_overlap(&mut self) {
        let text = self.text.clone();
        self.close();
        let mut overlap = String::new();
        for piece in pieces(&text).into_iter().rev() {
            if overlap.chars().count() + piece.chars().count() > OVERLAP {
                break;
            }
            overlap.insert_str(0, piece);
        }
        overlap.trim().clone_into(&mut self.text);
        self.repeated = self.text.chars().count();
    }
}

/// A text in parts of at most so many characters, cut between sentences, or else between words.
fn split(text: &str, longest: usize) -> Vec<String> {
    if text.chars().count() <= longest {
        return vec![text.to_owned()];
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut length = 0;
    for piece in pieces(text).into_iter().flat_map(|piece| words(piece, longest)) {
        let more = piece.chars().count();
        if length + more > longest && length > 0 {
            parts.push(std::mem::take(&mut part).trim().to_owned());
            length = 0;
        }
        part.push_str(piece);
        length += more;
    }
    parts.push(part.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

/// A sentence, or its words when it is too long, or their halves.
fn words(piece: &str, longest: usize) -> Vec<&str> {
    if piece.chars().count() <= longest {
        return vec![piece];
    }
    let mut words = Vec::new();
    for word in piece.split_inclusive(' ') {
        let mut rest = word;
        while rest.chars().count() > longest {
            let at = rest.char_indices().nth(longest).map_or(rest.len(), |(at, _)| at);
            let (front, back) = rest.split_at(at);
            words.push(front);
            rest = back;
        }
        words.push(rest);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(kind: Kind, text: &str) -> Block {
        Block { kind, text: text.to_owned(), page: Some(1) }
    }

    #[test]
    fn passages_stand_under_their_headings_and_repeat_the_last_sentence() {
        let sentence = "Pemohon membawa berkas asli dan fotokopi ke loket yang sesuai dengan layanannya. ";
        let chunks = cut(&[
            block(Kind::Heading(1), "Layanan"),
            block(Kind::Heading(2), "KTP"),
            block(Kind::Paragraph, sentence.repeat(20).trim()),
            block(Kind::Heading(2), "KK"),
            block(Kind::Item, "Formulir F-1.02"),
        ]);
        let headings: Vec<_> = chunks.iter().filter_map(|chunk| chunk.heading.as_deref()).collect();
        assert_eq!(headings.first().zip(headings.last()), Some((&"Layanan > KTP", &"Layanan > KK")));
        assert!(chunks.len() >= 3, "{chunks:?}");
        assert!(chunks[1].content.starts_with("Pemohon"), "{}", chunks[1].content);
        assert_eq!(chunks.last().map(|chunk| chunk.content.as_str()), Some("Formulir F-1.02"));
    }

    #[test]
    fn an_entry_is_one_passage_that_begins_with_its_question() {
        let long = "Datang ke loket. ".repeat(200);
        let chunk = entry("Syarat KTP?", &long);
        assert!(chunk.content.starts_with("Syarat KTP?\nDatang"));
        assert_eq!(entry("Buka?", "Buka? Ya.").content, "Buka?\nYa.");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(texts in prop::collection::vec(("[a-z .]{0,30}", 1..80_usize, 0..4_u8), 0..12)) {
            let blocks: Vec<Block> = texts
                .iter()
                .map(|(text, times, kind)| block(match kind {
                    0 => Kind::Heading(2), 1 => Kind::Item, 2 => Kind::Answer { question: "Apa?".to_owned() }, _ => Kind::Paragraph,
                }, &text.repeat(*times)))
                .collect();
            let chunks = cut(&blocks);
            let all: Vec<&str> = chunks.iter().map(|chunk| chunk.content.as_str()).collect();
            let all = all.join(" ");
            for chunk in &chunks {
                prop_assert!(chunk.content.chars().count() <= LONGEST, "{}", chunk.content.chars().count());
                prop_assert!(!chunk.content.trim().is_empty());
            }
            for block in blocks.iter().filter(|block| !matches!(block.kind, Kind::Heading(_))) {
                for word in block.text.split_whitespace().filter(|word| word.len() < 20) {
                    prop_assert!(all.contains(word), "{word}");
                }
            }
        }
    }
}
