//! What somebody types into the search box: a complaint's number, or words that may be mistyped.

use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::{ComplaintNumber, OfficeId};
use platform::Tx;

use crate::calendar::start_of;
use crate::complaints::words::{self, store};

/// More words narrow nothing further.
const MOST_WORDS: usize = 8;
/// A word in no more complaints than this leads; with a more frequent one it is faster to go through the list in its order.
const RARE: i64 = 5_000;

/// What is looked for, held against what the office's complaints say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    Number(ComplaintNumber),
    /// All numbers of a day.
    Day(DateTime<Utc>, DateTime<Utc>),
    /// For each word that was typed, what may be meant by it: every complaint has one of each.
    Words {
        lead: Option<Vec<String>>,
        others: Vec<Vec<String>>,
    },
    /// Words that no complaint has.
    Nothing,
}

/// A number, or the day of one, however it is typed: `lap 20261120 1`, `LAP20261120-001`, `20261120`.
pub fn number(text: &str) -> Option<Sought> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("lap").unwrap_or(&text);
    let compact: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '.' | '/' | '_' | '#')).collect();
    if compact.len() < 8 || !compact.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (day, counter) = compact.split_at(8);
    let day = NaiveDate::parse_from_str(day, "%Y%m%d").ok()?;
    if counter.is_empty() {
        return Some(Sought::Day(start_of(day), start_of(day.checked_add_days(Days::new(1))?)));
    }
    let counter: u32 = counter.parse().ok().filter(|counter| *counter > 0)?;
    Some(Sought::Number(ComplaintNumber::new(day, counter)))
}

/// Reads what was typed.
pub async fn resolve(tx: &mut Tx, office: OfficeId, text: &str) -> Result<Sought, sqlx::Error> {
    if let Some(sought) = number(text) {
        return Ok(sought);
    }
    let asked = words::of(text);
    if asked.is_empty() {
        return Ok(Sought::Nothing);
    }
    let mut all = Vec::new();
    for word in asked.into_iter().take(MOST_WORDS) {
        let meant = words::meant(&word, store::alike(tx, office, &word).await?);
        if meant.is_empty() {
            return Ok(Sought::Nothing);
        }
        let hits = store::hits(tx, office, &meant, RARE + 1).await?;
        all.push((hits, meant));
    }
    all.sort_by_key(|(hits, _)| *hits);
    let rare = all.first().is_some_and(|(hits, _)| *hits <= RARE);
    let mut others: Vec<_> = all.into_iter().map(|(_, meant)| meant).collect();
    let lead = rare.then(|| others.remove(0));
    Ok(Sought::Words { lead, others })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_typed() {
        let expected = Some(Sought::Number("LAP-20261120-001".parse().expect("a number")));
        for text in ["LAP-20261120-001", "lap 20261120 1", "20261120-001", "LAP20261120-1", " lap-20261120/001 "] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert!(matches!(number("20261120"), Some(Sought::Day(..))));
        for text in ["lap", "jalan 20", "LAP-20261340-001", "2026", "20261120-000"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
