//! Files as text with its structure: headings, paragraphs, list items, table rows, questions with their answers.
//!
//! [`read`] runs in a process of its own (`ai-service extract`, started by [`child`]): whatever a hostile file does
//! (endless nesting, a zip bomb, a parser that panics), it does there, under limits of memory and time. What must stay
//! true: a file that can't be read ends in a [`Reason`] that staff understand, never in anything else.

pub mod child;
mod docx;
mod html;
mod markdown;
mod pdf;
mod plain;
mod table;

use serde::{Deserialize, Serialize};

/// The largest file.
pub const MOST_BYTES: u64 = 20 * 1024 * 1024;
/// The most pages of a PDF.
const MOST_PAGES: usize = 500;
/// The most text of one file.
const MOST_CHARACTERS: usize = 2_000_000;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub kind: Kind,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<i32>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 1 is the outermost.
    Heading(u8),
    Paragraph,
    Item,
    /// A row of a table, its cells named by the table's head.
    Row,
    /// The text answers this question.
    Answer {
        question: String,
    },
}

/// Why a file can't be read; shown to staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    #[error("Berkas lebih besar dari 20 MB. Bagi menjadi beberapa berkas yang lebih kecil.")]
    TooLarge,
    #[error("Dokumen lebih dari 500 halaman. Bagi menjadi beberapa dokumen.")]
    TooManyPages,
    #[error("Teks dokumen terlalu panjang (lebih dari 2 juta huruf). Bagi menjadi beberapa dokumen.")]
    TooLong,
    #[error("Dokumen dikunci dengan kata sandi. Hapus kata sandinya, lalu unggah lagi.")]
    Encrypted,
    #[error(
        "Dokumen tidak berisi teks yang dapat dibaca, mungkin hasil pindai atau foto. Unggah versi yang teksnya bisa disalin."
    )]
    NoText,
    #[error("Dokumen rusak atau tidak sesuai jenisnya, sehingga tidak dapat dibaca. Simpan ulang, lalu unggah lagi.")]
    Damaged,
    #[error("Jenis berkas ini belum didukung. Gunakan PDF, DOCX, TXT, MD, HTML, atau CSV.")]
    Unsupported,
    #[error("Berkas dokumen tidak ditemukan di penyimpanan. Unggah lagi.")]
    Missing,
    #[error("Isi dokumen terlalu rumit untuk dibaca dalam batas waktu. Sederhanakan atau bagi dokumennya.")]
    TooComplex,
}

/// Reads a file.
pub fn read(bytes: &[u8], mime_type: Option<&str>) -> Result<Vec<Block>, Reason> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Reason::TooLarge);
    }
    let blocks = match format(bytes, mime_type) {
        Format::Pdf => pdf::read(bytes)?,
        Format::Docx => docx::read(bytes)?,
        Format::Html => html::read(&plain::decode(bytes)?),
        Format::Markdown => markdown::read(&plain::decode(bytes)?),
        Format::Csv => table::read(&plain::decode(bytes)?)?,
        Format::Plain => plain::read(&plain::decode(bytes)?, None),
        Format::Unsupported => return Err(Reason::Unsupported),
    };
    sound(blocks)
}

/// Reads a text that staff typed.
pub fn read_text(text: &str, mime_type: Option<&str>) -> Result<Vec<Block>, Reason> {
    sound(match mime_type.map(kind_of) {
        Some("text/html") => html::read(text),
        Some("text/csv") => table::read(text)?,
        Some("text/plain") => plain::read(text, None),
        _ => markdown::read(text),
    })
}

/// Text is there, and not too much of it.
fn sound(mut blocks: Vec<Block>) -> Result<Vec<Block>, Reason> {
    for block in &mut blocks {
        block.text = tidy(&block.text);
    }
    blocks.retain(|block| !block.text.is_empty());
    if blocks.iter().map(|block| block.text.len()).sum::<usize>() > MOST_CHARACTERS {
        return Err(Reason::TooLong);
    }
    let letters = blocks.iter().flat_map(|block| block.text.chars()).filter(|c| c.is_alphabetic()).take(8).count();
    if letters < 8 { Err(Reason::NoText) } else { Ok(blocks) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Pdf,
    Docx,
    Html,
    Markdown,
    Csv,
    Plain,
    Unsupported,
}

fn kind_of(mime_type: &str) -> &str {
    mime_type.split(';').next().unwrap_or_default().trim()
}

/// What the bytes are; the name that they came with decides only between texts.
fn format(bytes: &[u8], mime_type: Option<&str>) -> Format {
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Format::Pdf;
    }
    if head.starts_with(b"PK\x03\x04") {
        return Format::Docx;
    }
    match mime_type.map(kind_of) {
        Some("text/html" | "application/xhtml+xml") => return Format::Html,
        Some("text/markdown" | "text/x-markdown") => return Format::Markdown,
        Some("text/csv" | "application/csv") => return Format::Csv,
        _ => {}
    }
    let start = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Format::Html;
    }
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let binary = !utf16 && head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31));
    if binary { Format::Unsupported } else { Format::Plain }
}

/// Single spaces, single line ends, nothing invisible.
fn tidy(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let visible: String = line
            .chars()
            .map(|c| if c == '\u{a0}' || c == '\t' { ' ' } else { c })
            .filter(|c| !c.is_control() && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{fffd}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'))
            .collect();
        let words: Vec<&str> = visible.split_whitespace().collect();
        if !words.is_empty() {
            lines.push(words.join(" "));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_say_what_they_are_and_names_only_tell_texts_apart() {
        assert_eq!(format(b"%PDF-1.7 ...", Some("text/plain")), Format::Pdf);
        assert_eq!(format(b"PK\x03\x04...", None), Format::Docx);
        assert_eq!(format(b"a,b\n1,2", Some("text/csv; charset=utf-8")), Format::Csv);
        assert_eq!(format(b"  <!DOCTYPE html><p>x", None), Format::Html);
        assert_eq!(format(b"\x89PNG\r\n\x1a\n\0\0", Some("text/plain")), Format::Unsupported);
        assert_eq!(format(b"halo", None), Format::Plain);
    }

    #[test]
    fn empty_and_binary_files_have_a_reason() {
        assert_eq!(read(b"", None), Err(Reason::NoText));
        assert_eq!(read(b"%PDF-1.4 garbage", None), Err(Reason::Damaged));
        assert_eq!(read(b"PK\x03\x04garbage", None), Err(Reason::Damaged));
        assert_eq!(read(&[0; 64], None), Err(Reason::Unsupported));
        assert_eq!(tidy("a\u{200b}b \t c\r\n\n d\u{e0041}"), "ab c\nd");
    }
}
