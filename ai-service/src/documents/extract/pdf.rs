//! PDF, page by page.

use pdf_extract::{Document, OutputError, PlainTextOutput, output_doc_page};

use super::{Block, Kind, MOST_CHARACTERS, MOST_PAGES, Reason, plain};

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Block>, Reason> {
    let mut document = Document::load_mem(bytes).map_err(|_| Reason::Damaged)?;
    // Many offices' files are locked against changes only: those open without a password.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Reason::Encrypted);
    }
    let pages = document.get_pages();
    if pages.len() > MOST_PAGES {
        return Err(Reason::TooManyPages);
    }
    let mut blocks = Vec::new();
    let mut length = 0;
    let mut damaged = 0;
    for number in pages.keys() {
        // The library panics on some damaged pages: the others are read all the same.
        let page = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| text(&document, *number)));
        let Ok(Ok(text)) = page else {
            damaged += 1;
            continue;
        };
        length += text.len();
        if length > MOST_CHARACTERS {
            return Err(Reason::TooLong);
        }
        blocks.extend(plain::read(&text, i32::try_from(*number).ok()));
    }
    if damaged > 0 && damaged == pages.len() {
        return Err(Reason::Damaged);
    }
    Ok(without_running_heads(blocks, pages.len()))
}

fn text(document: &Document, page: u32) -> Result<String, OutputError> {
    let mut text = String::new();
    let mut output = PlainTextOutput::new(&mut text);
    output_doc_page(document, &mut output, page)?;
    Ok(text)
}

/// Leaves out page numbers and what stands on most pages.
fn without_running_heads(blocks: Vec<Block>, pages: usize) -> Vec<Block> {
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let bare = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().trim().to_lowercase();
    for block in blocks.iter().filter(|block| block.text.len() < 120) {
        *seen.entry(bare(&block.text)).or_default() += 1;
    }
    let mut kept = blocks;
    kept.retain(|block| {
        let text = bare(&block.text);
        let number = text.trim_matches(|c: char| !c.is_alphabetic());
        let running = pages >= 4 && seen.get(&text).is_some_and(|times| times * 2 > pages);
        let page_number = matches!(number, "" | "halaman" | "hal" | "page") && block.text.len() < 20;
        !(running || page_number) || matches!(block.kind, Kind::Answer { .. })
    });
    kept
}
