//! Markdown, and what staff type into the dashboard.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::table::named;
use super::{Block, Kind};

pub(super) fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut current = String::new();
    let mut items = 0_usize;
    let (mut head, mut cells, mut in_head) = (Vec::new(), Vec::new(), false);
    let mut push = |kind: Kind, current: &mut String| {
        let text = std::mem::take(current);
        if !text.trim().is_empty() {
            blocks.push(Block { kind, text, page: None });
        }
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => current.push_str(&text),
            Event::SoftBreak => current.push(' '),
            Event::HardBreak => current.push('\n'),
            Event::End(TagEnd::Heading(level)) => push(Kind::Heading(level as u8), &mut current),
            // An item's text ends where a list inside of it begins.
            Event::Start(Tag::Item) => {
                push(if items > 0 { Kind::Item } else { Kind::Paragraph }, &mut current);
                items += 1;
            }
            Event::End(TagEnd::Item) => {
                items = items.saturating_sub(1);
                push(Kind::Item, &mut current);
            }
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_)) => {
                push(if items > 0 { Kind::Item } else { Kind::Paragraph }, &mut current);
            }
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableCell) => cells.push(std::mem::take(&mut current)),
            Event::End(TagEnd::TableHead) => (head, in_head) = (std::mem::take(&mut cells), false),
            Event::End(TagEnd::TableRow) if !in_head => {
                let block = named(&head, &std::mem::take(&mut cells));
                let mut text = block.text;
                push(block.kind, &mut text);
            }
            _ => {}
        }
    }
    push(Kind::Paragraph, &mut current);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_is_kept_and_html_inside_is_not() {
        let text = "# Layanan\n\nKami **buka** tiap hari.\n\n- KTP\n- KK\n\n| Surat | Biaya |\n|---|---|\n| SKU | gratis |\n\n<script>x()</script>\n";
        let shown: Vec<(Kind, String)> = read(text).into_iter().map(|block| (block.kind, block.text)).collect();
        let expected = [
            (Kind::Heading(1), "Layanan"),
            (Kind::Paragraph, "Kami buka tiap hari."),
            (Kind::Item, "KTP"),
            (Kind::Item, "KK"),
            (Kind::Row, "Surat: SKU; Biaya: gratis"),
        ];
        assert_eq!(shown, expected.map(|(kind, text)| (kind, text.to_owned())));
    }
}
