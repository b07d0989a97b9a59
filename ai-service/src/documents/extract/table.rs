//! CSV, and rows of tables elsewhere.
//!
//! A table of questions and answers becomes entries; any other one rows whose cells carry the head's names.

use super::{Block, Kind, MOST_CHARACTERS, Reason};

const QUESTIONS: [&str; 5] = ["pertanyaan", "question", "tanya", "q", "soal"];
const ANSWERS: [&str; 5] = ["jawaban", "answer", "jawab", "a", "isi"];

pub(super) fn read(text: &str) -> Result<Vec<Block>, Reason> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut head: Option<Vec<String>> = None;
    let mut blocks = Vec::new();
    let mut length = 0;
    for record in reader.records() {
        let cells: Vec<String> = record.map_err(|_| Reason::Damaged)?.iter().map(str::to_owned).collect();
        let Some(head) = &head else {
            head = Some(cells);
            continue;
        };
        let block = named(head, &cells);
        length += block.text.len();
        if length > MOST_CHARACTERS {
            return Err(Reason::TooLong);
        }
        blocks.push(block);
    }
    // A table of one line has no head.
    if let (Some(head), true) = (head, blocks.is_empty()) {
        blocks.push(Block { kind: Kind::Row, text: head.join("; "), page: None });
    }
    Ok(blocks)
}

/// Spreadsheets in Indonesian save with semicolons.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |c: u8| line.bytes().filter(|byte| *byte == c).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|c| count(*c)).filter(|c| count(*c) > 0).unwrap_or(b',')
}

/// A row as an entry, when the head names a question and an answer, or with each cell under its name.
pub(super) fn named(head: &[String], cells: &[String]) -> Block {
    let column = |names: &[&str]| head.iter().position(|name| names.contains(&name.trim().to_lowercase().as_str()));
    if let (Some(question), Some(answer)) = (column(&QUESTIONS), column(&ANSWERS))
        && let (Some(question), Some(answer)) = (cells.get(question), cells.get(answer))
        && !question.trim().is_empty()
    {
        return Block { kind: Kind::Answer { question: question.trim().to_owned() }, text: answer.clone(), page: None };
    }
    let mut parts = Vec::with_capacity(cells.len());
    for (n, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        match head.get(n).map(|name| name.trim()).filter(|name| !name.is_empty()) {
            Some(name) => parts.push(format!("{name}: {}", cell.trim())),
            None => parts.push(cell.trim().to_owned()),
        }
    }
    Block { kind: Kind::Row, text: parts.join("; "), page: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_carry_their_heads_and_questions_become_entries() {
        let rows = read("Layanan;Biaya;Lama\nKTP;gratis;3 hari\n").expect("a table");
        assert_eq!(rows[0].text, "Layanan: KTP; Biaya: gratis; Lama: 3 hari");
        let entries = read("id,Pertanyaan,Jawaban\n1,\"Kapan buka, pak?\",Jam 8\n").expect("a table");
        assert_eq!(entries[0].kind, Kind::Answer { question: "Kapan buka, pak?".to_owned() });
        assert_eq!(entries[0].text, "Jam 8");
    }
}
