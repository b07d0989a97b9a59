//! DOCX: the text of `word/document.xml` inside of a zip archive.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::table::named;
use super::{Block, Kind, MOST_CHARACTERS, Reason};

/// The document's XML may have this many bytes unpacked; markup is many times its text.
const MOST_XML: u64 = 100 * 1024 * 1024;
/// An archive with more files is none that Word wrote.
const MOST_FILES: usize = 10_000;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Block>, Reason> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Reason::Damaged)?;
    if archive.len() > MOST_FILES {
        return Err(Reason::Damaged);
    }
    let encrypted = archive.file_names().any(|name| name.is_ok_and(|name| name == "EncryptedPackage"));
    let file = match archive.by_name("word/document.xml") {
        Ok(file) if file.encrypted() => return Err(Reason::Encrypted),
        Ok(file) => file,
        Err(_) if encrypted => return Err(Reason::Encrypted),
        Err(_) => return Err(Reason::Unsupported),
    };
    // What the archive says of its sizes may be a lie: what is unpacked is counted.
    document(BufReader::new(file.take(MOST_XML)))
}

/// Where in the document we are.
#[derive(Default)]
struct Place {
    blocks: Vec<Block>,
    text: String,
    style: String,
    item: bool,
    /// Tables in tables: only the outermost one's rows are rows.
    tables: usize,
    head: Vec<String>,
    cells: Vec<String>,
    length: usize,
    in_text: bool,
}

fn document(xml: impl BufRead) -> Result<Vec<Block>, Reason> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let mut place = Place::default();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| Reason::Damaged)? {
            Event::Eof => break,
            Event::Start(tag) => place.open(&tag),
            Event::Empty(tag) => {
                place.open(&tag);
                if name(&tag) == "w:t" {
                    place.in_text = false;
                }
            }
            Event::End(tag) => place.close(tag.name().as_ref()),
            Event::Text(text) if place.in_text => place.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) if place.in_text => place.text.push(character(&entity)),
            _ => {}
        }
        if place.length + place.text.len() > MOST_CHARACTERS {
            return Err(Reason::TooLong);
        }
        buffer.clear();
    }
    Ok(place.blocks)
}

fn name(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_owned()
}

fn character(entity: &quick_xml::events::BytesRef<'_>) -> char {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c;
    }
    match &*entity.xml10_content() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => ' ',
    }
}

fn value(tag: &BytesStart<'_>) -> String {
    let value = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == "w:val");
    value.map(|attribute| attribute.value.to_string()).unwrap_or_default()
}

impl Place {
    fn open(&mut self, tag: &BytesStart<'_>) {
        match name(tag).as_str() {
            "w:p" => (self.style, self.item) = (String::new(), false),
            "w:pStyle" => self.style = value(tag),
            "w:numPr" => self.item = true,
            "w:t" => self.in_text = true,
            "w:tab" if !self.text.is_empty() => self.text.push(' '),
            "w:br" | "w:cr" => self.text.push('\n'),
            "w:tbl" => {
                self.tables += 1;
                if self.tables == 1 {
                    self.head.clear();
                }
            }
            "w:tr" if self.tables == 1 => self.cells.clear(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "w:t" => self.in_text = false,
            "w:p" if self.tables > 0 => self.text.push('\n'),
            "w:p" => self.paragraph(),
            "w:tc" if self.tables == 1 => {
                let cell = std::mem::take(&mut self.text);
                self.cells.push(cell.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "w:tr" if self.tables == 1 => self.row(),
            "w:tbl" => self.tables = self.tables.saturating_sub(1),
            _ => {}
        }
    }

    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let kind = match heading(&self.style) {
            Some(level) => Kind::Heading(level),
            None if self.item => Kind::Item,
            None => Kind::Paragraph,
        };
        self.push(kind, text);
    }

    fn row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if self.head.is_empty() {
            self.head = cells;
            return;
        }
        let block = named(&self.head, &cells);
        self.length += block.text.len();
        self.blocks.push(block);
    }

    fn push(&mut self, kind: Kind, text: String) {
        self.length += text.len();
        if !text.trim().is_empty() {
            self.blocks.push(Block { kind, text, page: None });
        }
    }
}

/// `Heading2`, `Judul2`, `Title`: Word names styles in the language it was installed in.
fn heading(style: &str) -> Option<u8> {
    let style = style.to_lowercase();
    if matches!(style.as_str(), "title" | "judul") {
        return Some(1);
    }
    let rest = style.strip_prefix("heading").or_else(|| style.strip_prefix("judul"))?;
    rest.trim().parse::<u8>().ok().filter(|level| (1..=9).contains(level))
}
