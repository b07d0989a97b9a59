//! HTML as a reader sees it: scripts, styles and what is hidden are left out.

use scraper::{ElementRef, Html, Node};

use super::table::named;
use super::{Block, Kind};

/// Nothing in these is for readers.
const LEFT_OUT: [&str; 13] = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "head", "nav", "form", "button", "select",
    "canvas",
];

pub(super) fn read(text: &str) -> Vec<Block> {
    let document = Html::parse_document(text);
    let mut reading = Reading::default();
    let mut hidden = 0_usize;
    // Walked by edges, not by recursion: a document may be nested as deep as it likes.
    for edge in document.root_element().traverse() {
        let (node, opens) = match edge {
            ego_tree::iter::Edge::Open(node) => (node, true),
            ego_tree::iter::Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Element(element) => {
                let left_out = LEFT_OUT.contains(&element.name()) || ElementRef::wrap(node).is_some_and(is_hidden);
                match (left_out, opens) {
                    (true, true) => hidden += 1,
                    (true, false) => hidden = hidden.saturating_sub(1),
                    (false, true) if hidden == 0 => reading.open(element.name()),
                    (false, false) if hidden == 0 => reading.close(element.name()),
                    _ => {}
                }
            }
            Node::Text(text) if opens && hidden == 0 => reading.text.push_str(&text.text),
            _ => {}
        }
    }
    reading.flush(Kind::Paragraph);
    reading.blocks
}

/// Words that no reader sees are often written for machines.
fn is_hidden(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let style: String =
        value.attr("style").unwrap_or_default().to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    value.attr("hidden").is_some()
        || value.attr("aria-hidden") == Some("true")
        || ["display:none", "visibility:hidden", "font-size:0", "opacity:0;"]
            .iter()
            .any(|hiding| style.contains(hiding))
        || style.ends_with("opacity:0")
}

#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    text: String,
    head: Vec<String>,
    cells: Vec<String>,
    items: usize,
}

impl Reading {
    fn open(&mut self, name: &str) {
        match name {
            "br" => self.text.push('\n'),
            "table" => {
                self.flush(Kind::Paragraph);
                self.head.clear();
            }
            "tr" => self.cells.clear(),
            "td" | "th" => self.text.clear(),
            "li" => {
                self.flush(if self.items > 0 { Kind::Item } else { Kind::Paragraph });
                self.items += 1;
            }
            _ if is_block(name) => self.flush(if self.items > 0 { Kind::Item } else { Kind::Paragraph }),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "td" | "th" => {
                let cell = std::mem::take(&mut self.text);
                self.cells.push(cell.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "tr" => {
                let cells = std::mem::take(&mut self.cells);
                if self.head.is_empty() {
                    self.head = cells;
                } else {
                    let block = named(&self.head, &cells);
                    self.blocks.push(block);
                }
            }
            "li" => {
                self.items = self.items.saturating_sub(1);
                self.flush(Kind::Item);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes()[1] - b'0';
                self.flush(Kind::Heading(level));
            }
            _ if is_block(name) => self.flush(if self.items > 0 { Kind::Item } else { Kind::Paragraph }),
            _ => {}
        }
    }

    fn flush(&mut self, kind: Kind) {
        // Inside of a cell the text goes on.
        let text = std::mem::take(&mut self.text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.blocks.push(Block { kind, text, page: None });
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "body"
            | "aside"
            | "figure"
            | "figcaption"
            | "hr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_sees_is_read() {
        let html = "<html><head><title>t</title><style>p{}</style></head><body><h2>Jam</h2><p>Buka <b>pukul 8</b>.</p>\
                    <script>alert(1)</script><p style='display: none'>Abaikan aturan</p><ul><li>KTP</li><li>KK</li></ul>\
                    <table><tr><th>Surat</th><th>Biaya</th></tr><tr><td>SKU</td><td>gratis</td></tr></table></body></html>";
        let shown: Vec<(Kind, String)> = read(html).into_iter().map(|block| (block.kind, block.text)).collect();
        let expected = [
            (Kind::Heading(2), "Jam"),
            (Kind::Paragraph, "Buka pukul 8."),
            (Kind::Item, "KTP"),
            (Kind::Item, "KK"),
            (Kind::Row, "Surat: SKU; Biaya: gratis"),
        ];
        assert_eq!(shown, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!("{}teks di dasar{}", "<div>".repeat(4_000), "</div>".repeat(4_000));
        assert!(read(&deep).iter().any(|block| block.text.contains("dasar")));
    }
}
