//! What the office has written, found again: the only thing that answers are made from.
//!
//! Called by the dialogue for a question, and by `POST /internal/knowledge/search`. Two lists of candidates, by terms
//! (BM25) and by nearness of vectors, are fused by their ranks; [`rank`] judges the best of them. What must stay true: an
//! office sees its own passages and what others share, its own first; below the threshold nothing is an answer.

pub mod answer;
pub mod evaluate;
pub mod http;
pub mod memory;
pub mod passage;
pub mod rank;
pub mod store;
pub mod unanswered;
pub mod words;

use std::collections::HashMap;

use contracts::dto::ai::{DocumentKind, FoundChunk, Source};
use contracts::{Category, DocumentId, OfficeId};
use platform::Tx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;
use crate::embedding::{self, builtin};
use rank::{Candidate, Rarity};
use words::Asked;

/// The longest question that is read; the rest of a longer one is left out.
pub const LONGEST_QUESTION: usize = 1_000;
/// The most results that one search gives.
pub const MOST_RESULTS: usize = 20;
/// What is left of a question after this many parts is not looked up.
const MOST_PARTS: usize = 24;
/// From this many rows on an office is searched by the approximate index.
const EXACT_BELOW: i64 = 20_000;
/// The constant of reciprocal rank fusion, from its paper.
const RRF: f64 = 60.0;
/// By so much a passage of another office must be better to come before one of our own.
const OWN_FIRST: f64 = 0.1;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The best first.
    pub results: Vec<Passage>,
    /// Whether the first is good enough to answer from.
    pub answerable: bool,
}

/// A passage that may answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    pub chunk: FoundChunk,
    pub kind: DocumentKind,
    /// Another office wrote it for all.
    pub shared: bool,
    /// What to tell a citizen when nobody phrases it: an FAQ entry's answer, or the sentences that match.
    pub answer: String,
}

impl Found {
    /// Where the answer comes from.
    pub fn sources(&self) -> Vec<Source> {
        let used = self.results.iter().take(usize::from(self.answerable));
        used.map(|passage| Source {
            document_id: passage.chunk.document_id,
            title: passage.chunk.title.clone(),
            chunk_id: passage.chunk.chunk_id.clone(),
            score: passage.chunk.score,
        })
        .collect()
    }
}

/// How far a search looks.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A term in more passages than this is common, however many there are.
    pub counted: i64,
    /// Passages that are read of one term.
    pub postings: i64,
    /// Passages that come out of each list.
    pub candidates: i64,
    /// Neighbours that the index keeps in view.
    pub breadth: i32,
    /// Passages that are judged.
    pub judged: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { counted: 5_000, postings: 2_000, candidates: 40, breadth: 200, judged: 48 }
    }
}

/// Searches for the answer to a question.
pub async fn search(
    app: &App,
    office: OfficeId,
    query: &str,
    kategori: Option<&Category>,
    top_k: usize,
) -> Result<Found, sqlx::Error> {
    let mut tx = app.ctx.db.office(office).await?;
    store::as_of_now(&mut tx).await?;
    let found = within(&mut tx, office, query, kategori, top_k, &Limits::default()).await?;
    tx.commit().await?;
    Ok(found)
}

/// The same inside of a transaction, which should see one moment of the database: documents are swapped at any time.
pub async fn within(
    tx: &mut Tx,
    office: OfficeId,
    query: &str,
    kategori: Option<&Category>,
    top_k: usize,
    limits: &Limits,
) -> Result<Found, sqlx::Error> {
    let query: String = query.chars().take(LONGEST_QUESTION).collect();
    let mut asked = words::asked(&query);
    asked.truncate(MOST_PARTS);
    if asked.is_empty() {
        return Ok(Found::default());
    }
    let (own, shared) = store::sizes(tx, office).await?;
    if own + shared == 0 {
        return Ok(Found::default());
    }
    let embedder = builtin::name();
    let vector = embedding::literal(&builtin::embed_question(&asked)).unwrap_or_default();
    let rarity = rarity(tx, office, &asked, own + shared, limits).await?;
    let hints = kategori.map(|kategori| words::terms(&kategori.to_string().replace('_', " "))).unwrap_or_default();

    let mut lists = vec![store::by_terms(tx, office, &worth(&asked, &hints, &rarity), limits).await?];
    if own >= EXACT_BELOW {
        lists.push(store::nearest(tx, office, &embedder, &vector, limits).await?);
    } else if own > 0 {
        lists.push(store::nearest_exactly(tx, office, &embedder, &vector, limits).await?);
    }
    if shared > 0 {
        lists.push(store::nearest_shared(tx, office, &embedder, &vector, limits).await?);
    }
    let chunks: Vec<Uuid> = fuse(&lists).into_iter().take(limits.judged).collect();
    let rows = store::passages(tx, &chunks, &embedder, &vector).await?;
    Ok(judge(office, &asked, &rarity, rows, top_k))
}

async fn rarity(
    tx: &mut Tx,
    office: OfficeId,
    asked: &[Asked],
    passages: i64,
    limits: &Limits,
) -> Result<Rarity, sqlx::Error> {
    let mut terms: Vec<String> =
        asked.iter().flat_map(|asked| asked.forms.iter().map(|(term, _)| term.clone())).collect();
    terms.sort_unstable();
    terms.dedup();
    let counted = store::rarity(tx, office, &terms, limits).await?;
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let with_term = counted.into_iter().map(|(term, n)| (term, n as f64)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    Ok(Rarity { passages: passages as f64, with_term })
}

/// What a category's name is worth beside the question's own words.
const HINT: f64 = 0.3;

/// The terms to look up, each with what it is worth.
fn worth(asked: &[Asked], hints: &[String], rarity: &Rarity) -> Vec<(String, f64)> {
    let mut worth: HashMap<&str, f64> = HashMap::new();
    let hints = hints.iter().map(|hint| (hint.as_str(), HINT));
    for (term, certainty) in
        asked.iter().flat_map(|one| one.forms.iter().map(|(term, c)| (term.as_str(), *c))).chain(hints)
    {
        let best = worth.entry(term).or_default();
        *best = best.max(certainty * rarity.of(term));
    }
    let mut worth: Vec<_> = worth.into_iter().map(|(term, worth)| (term.to_owned(), worth)).collect();
    worth.sort_by(|(a, _), (b, _)| a.cmp(b));
    worth
}

/// Reciprocal rank fusion: what stands high in several lists comes first.
pub fn fuse(lists: &[Vec<Uuid>]) -> Vec<Uuid> {
    let mut points: HashMap<Uuid, f64> = HashMap::new();
    for list in lists {
        for (rank, chunk) in (1_u32..).zip(list) {
            *points.entry(*chunk).or_default() += 1.0 / (RRF + f64::from(rank));
        }
    }
    let mut fused: Vec<_> = points.into_iter().collect();
    fused.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    fused.into_iter().map(|(chunk, _)| chunk).collect()
}

fn judge(office: OfficeId, asked: &[Asked], rarity: &Rarity, rows: Vec<store::Row>, top_k: usize) -> Found {
    let mut judged: Vec<(f64, store::Row)> = rows
        .into_iter()
        .map(|row| {
            let label = row.label();
            let candidate = Candidate {
                terms: &row.terms,
                weights: &row.weights,
                label: &label,
                asks: row.question.is_some(),
                cosine: row.cosine,
            };
            (rank::score(asked, rarity, &candidate), row)
        })
        .collect();
    let place = |score: f64, row: &store::Row| score + if row.office_id == office.0 { OWN_FIRST } else { 0.0 };
    judged.sort_by(|(x, a), (y, b)| place(*y, b).total_cmp(&place(*x, a)).then(a.chunk_id.cmp(&b.chunk_id)));
    let answerable = judged.first().is_some_and(|(score, _)| *score >= rank::ANSWERABLE);
    let results = judged.into_iter().take(top_k.clamp(1, MOST_RESULTS));
    Found { results: results.map(|(score, row)| row.passage(office, asked, score)).collect(), answerable }
}

impl store::Row {
    /// The question that it answers, or where it stands.
    fn label(&self) -> String {
        match &self.question {
            Some(question) => question.clone(),
            None => format!("{} {}", self.title, self.heading.as_deref().unwrap_or_default()),
        }
    }

    fn passage(self, office: OfficeId, asked: &[Asked], score: f64) -> Passage {
        let answer = answer::excerpt(self.question.as_deref(), &self.content, asked);
        Passage {
            kind: if self.kind == "faq" { DocumentKind::Faq } else { DocumentKind::Document },
            shared: self.office_id != office.0,
            answer,
            chunk: FoundChunk {
                chunk_id: self.chunk_id.to_string(),
                document_id: DocumentId(self.document_id),
                title: self.title,
                version: self.version,
                heading: self.heading,
                page: self.page,
                content: self.content,
                score,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_two_lists_comes_before_what_leads_one() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        assert_eq!(fuse(&[vec![a, b], vec![c, b]]), [b, a, c]);
        assert!(fuse(&[]).is_empty());
    }
}
