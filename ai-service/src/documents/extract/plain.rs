//! Plain text, and what comes out of a PDF: structure is guessed from how lines look.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{Block, Kind, Reason};

/// Headings are short.
const LONGEST_HEADING: usize = 90;

/// The text of bytes: by their mark, else UTF-8, else the code page of old Windows programs.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Reason> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    if damaged && encoding != WINDOWS_1252 {
        let lost = text.chars().filter(|c| *c == '\u{fffd}').count();
        if lost * 20 > text.chars().count() {
            return Err(Reason::Damaged);
        }
    }
    Ok(text.into_owned())
}

/// Lines as paragraphs, headings, items and questions.
pub(super) fn read(text: &str, page: Option<i32>) -> Vec<Block> {
    let mut reading = Reading { blocks: Vec::new(), paragraph: String::new(), question: None, page };
    for line in text.lines() {
        reading.line(line.trim());
    }
    reading.flush();
    reading.blocks
}

struct Reading {
    blocks: Vec<Block>,
    paragraph: String,
    question: Option<String>,
    page: Option<i32>,
}

impl Reading {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            // Between a question and its answer there may be a gap.
            if self.question.is_none() || !self.paragraph.is_empty() {
                self.flush();
            }
            return;
        }
        if let Some(question) = marked(line, &["t:", "tanya:", "pertanyaan:", "q:", "question:"]) {
            self.flush();
            self.question = Some(question.to_owned());
        } else if let (Some(answer), true) =
            (marked(line, &["j:", "jawab:", "jawaban:", "a:", "answer:"]), self.question.is_some())
        {
            self.paragraph.push_str(answer);
        } else if is_heading(line) && self.paragraph.is_empty() && self.question.is_none() {
            self.blocks.push(Block { kind: Kind::Heading(level(line)), text: line.to_owned(), page: self.page });
        } else if is_item(line) {
            if self.question.is_none() {
                self.flush();
            }
            self.append(line);
        } else {
            self.append(line);
        }
    }

    fn append(&mut self, line: &str) {
        // A word that was cut at the line's end.
        if let Some(front) = self.paragraph.strip_suffix('-')
            && front.ends_with(char::is_alphabetic)
            && line.starts_with(char::is_lowercase)
        {
            self.paragraph.truncate(front.len());
        } else if !self.paragraph.is_empty() {
            self.paragraph.push(if is_item(line) { '\n' } else { ' ' });
        }
        self.paragraph.push_str(line);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let kind = match self.question.take() {
            Some(question) => Kind::Answer { question },
            None if is_item(&text) => Kind::Item,
            None => Kind::Paragraph,
        };
        if !text.is_empty() {
            self.blocks.push(Block { kind, text, page: self.page });
        }
    }
}

fn marked<'a>(line: &'a str, marks: &[&str]) -> Option<&'a str> {
    let mark =
        marks.iter().find(|mark| line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)))?;
    Some(line[mark.len()..].trim()).filter(|rest| !rest.is_empty())
}

/// `BAB II`, `Pasal 3`, `A. Persyaratan`, `JAM LAYANAN`.
fn is_heading(line: &str) -> bool {
    let length = line.chars().count();
    if !(3..=LONGEST_HEADING).contains(&length) || line.ends_with(['.', ',', ';', '?', '!']) {
        return false;
    }
    let letters: Vec<char> = line.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < 3 {
        return false;
    }
    let capitals = letters.iter().all(|c| c.is_uppercase());
    let lower = line.to_lowercase();
    let numbered = ["bab ", "pasal ", "bagian ", "lampiran "].iter().any(|word| lower.starts_with(word)) && length < 60;
    let first = line.split_once(". ").filter(|(mark, rest)| {
        (mark.len() == 1 && mark.chars().all(|c| c.is_ascii_uppercase())
            || mark.len() <= 4 && !mark.is_empty() && mark.chars().all(|c| matches!(c, 'I' | 'V' | 'X')))
            && rest.chars().count() < 60
    });
    capitals || numbered || first.is_some()
}

fn level(line: &str) -> u8 {
    let lower = line.to_lowercase();
    if lower.starts_with("bab ") || lower.starts_with("lampiran ") {
        1
    } else if lower.starts_with("pasal ") {
        3
    } else {
        2
    }
}

/// `- satu`, `• satu`, `1. satu`, `a) satu`.
fn is_item(line: &str) -> bool {
    if line.starts_with(['-', '•', '*', '▪', '–', '●', '○', '·', '✓']) {
        return true;
    }
    let mark: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
    let after = line[mark.len()..].chars().next();
    (1..=3).contains(&mark.len())
        && matches!(after, Some('.' | ')'))
        && (mark.bytes().all(|b| b.is_ascii_digit()) || mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_lowercase()))
        && line[mark.len() + 1..].starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_that_offices_use_is_read() {
        assert_eq!(decode("é".as_bytes()).expect("UTF-8"), "é");
        assert_eq!(decode(&[0xff, 0xfe, b'h', 0, b'i', 0]).expect("UTF-16"), "hi");
        assert_eq!(decode(&[b'c', b'a', b'f', 0xe9]).expect("windows-1252"), "café");
        assert_eq!(decode(b"\xef\xbb\xbfhi").expect("UTF-8 with its mark"), "hi");
    }

    #[test]
    fn lines_show_what_they_are() {
        let text = "JAM LAYANAN\nSenin sampai Kamis pukul\n08.00 sampai 15.30.\n\nSyarat:\n- KTP\n- KK\n\nTanya: Apakah gratis?\nJawab: Ya, gra-\ntis.";
        let blocks = read(text, Some(3));
        let shown: Vec<(Kind, &str)> = blocks.iter().map(|block| (block.kind.clone(), block.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Kind::Heading(2), "JAM LAYANAN"),
                (Kind::Paragraph, "Senin sampai Kamis pukul 08.00 sampai 15.30."),
                (Kind::Paragraph, "Syarat:"),
                (Kind::Item, "- KTP"),
                (Kind::Item, "- KK"),
                (Kind::Answer { question: "Apakah gratis?".to_owned() }, "Ya, gratis."),
            ]
        );
        assert!(blocks.iter().all(|block| block.page == Some(3)));
    }
}
