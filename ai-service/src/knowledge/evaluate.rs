//! How well the search finds, and how well it knows when it has not.
//!
//! `cargo xtask eval` prints it. Passages and questions stand in `eval/faq`; the questions' development half fits the
//! weights of [`rank`] (`ai-service calibrate`), the test half is only measured.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::memory::{Hit, Memory, Text};
use super::rank::{self, ANSWERABLE, FIGURES};
use super::words;
use crate::embedding::{self, builtin};

/// What is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Measured {
    /// Questions that have an answer.
    pub answerable: usize,
    /// Questions that have none.
    pub unanswerable: usize,
    /// The right passage came first, or among the first three.
    pub hit_at_1: f64,
    pub hit_at_3: f64,
    pub mrr: f64,
    /// Of the questions without an answer, how many were given one.
    pub false_answers: f64,
    /// Of the abstentions, how many were right; of the questions without an answer, how many were abstained from.
    pub abstention_precision: f64,
    pub abstention_recall: f64,
    /// Of the questions with an answer, how many were answered with the right passage.
    pub answered_right: f64,
}

/// One question and the passages that answer it; none: nothing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub text: String,
    pub answers: Vec<String>,
}

/// Which half of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Development,
    Test,
}

/// The project's own passages.
pub fn passages() -> Vec<Text> {
    let lines =
        include_str!("../../eval/faq/passages.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (id, kind, label, content) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            let faq = kind == "faq";
            let (title, heading) =
                label.split_once(" > ").map_or((label, None), |(title, heading)| (title, Some(heading)));
            Some(Text {
                id: id.to_owned(),
                title: title.to_owned(),
                heading: heading.map(str::to_owned),
                question: faq.then(|| label.to_owned()),
                content: content.to_owned(),
            })
        })
        .collect()
}

/// The project's own questions.
pub fn questions(half: Half) -> Vec<Question> {
    let text = match half {
        Half::Development => include_str!("../../eval/faq/questions.dev.tsv"),
        Half::Test => include_str!("../../eval/faq/questions.test.tsv"),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (answers, text) = line.split_once('\t').unwrap_or(("-", line));
            let answers = answers.split(',').filter(|id| *id != "-").map(str::to_owned).collect();
            Question { text: text.to_owned(), answers }
        })
        .collect()
}

/// Measures the shipped search on the test half.
pub fn evaluate() -> Measured {
    measure(&Memory::new(passages()), &questions(Half::Test))
}

/// Measures a search.
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn measure(memory: &Memory, questions: &[Question]) -> Measured {
    let (mut first, mut three, mut reciprocal, mut right) = (0, 0, 0.0, 0);
    let (mut answerable, mut unanswerable, mut false_answers, mut abstained, mut abstained_right) = (0, 0, 0, 0, 0);
    for question in questions {
        let hits = memory.search(&question.text);
        let answered = hits.first().is_some_and(|hit| hit.score >= ANSWERABLE);
        abstained += usize::from(!answered);
        if question.answers.is_empty() {
            unanswerable += 1;
            false_answers += usize::from(answered);
            abstained_right += usize::from(!answered);
            continue;
        }
        answerable += 1;
        let rank = hits.iter().position(|hit| question.answers.iter().any(|id| id == hit.id));
        first += usize::from(rank == Some(0));
        three += usize::from(rank.is_some_and(|rank| rank < 3));
        reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        right += usize::from(answered && rank == Some(0));
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    Measured {
        answerable,
        unanswerable,
        hit_at_1: share(first, answerable),
        hit_at_3: share(three, answerable),
        mrr: if answerable == 0 { 0.0 } else { reciprocal / answerable as f64 },
        false_answers: share(false_answers, unanswerable),
        abstention_precision: share(abstained_right, abstained),
        abstention_recall: share(abstained_right, unanswerable),
        answered_right: share(right, answerable),
    }
}

/// The same passages as a document would hold them: the question as a heading, in the text, or left out.
fn as_documents() -> [Vec<Text>; 3] {
    let with = |change: fn(&mut Text, String)| {
        let mut texts = passages();
        for text in &mut texts {
            if let Some(question) = text.question.take() {
                text.title = String::new();
                change(text, question);
            }
        }
        texts
    };
    [
        with(|text, question| text.heading = Some(question)),
        with(|text, question| text.content = format!("{question} {}", text.content)),
        with(|_, _| ()),
    ]
}

/// Fits the weights of the judgement on the development half: those of entries, then those of passages. They are to be
/// copied into [`rank`].
pub fn calibrate() -> [[f64; FIGURES + 1]; 2] {
    let entries = examples(&Memory::new(passages()), true);
    let documents = as_documents().into_iter().flat_map(|texts| examples(&Memory::new(texts), false));
    [fit(&entries), fit(&documents.collect::<Vec<_>>())]
}

/// Figures, the truth, and what a mistake costs.
type Example = ([f64; FIGURES], f64, f64);

fn examples(memory: &Memory, asks: bool) -> Vec<Example> {
    let mut examples = Vec::new();
    for question in questions(Half::Development) {
        let hits = memory.search(&question.text);
        let right = |id: &str| question.answers.iter().any(|answer| answer == id);
        let of_kind = |hit: &&Hit<'_>| (hit.figures[FIGURES - 1] > 0.5) == asks;
        examples.extend(hits.iter().filter(|hit| right(hit.id)).filter(of_kind).map(|hit| (hit.figures, 1.0, 1.0)));
        // A wrong answer where there is none at all is what must not happen.
        let cost = if question.answers.is_empty() { 0.5 } else { 0.25 };
        let wrong = hits.iter().filter(|hit| !right(hit.id)).filter(of_kind).take(6);
        examples.extend(wrong.map(|hit| (hit.figures, 0.0, cost)));
    }
    examples
}

/// Logistic regression by gradient descent.
#[expect(clippy::cast_precision_loss, reason = "counts of examples")]
fn fit(examples: &[Example]) -> [f64; FIGURES + 1] {
    let mut weights = [0.0; FIGURES + 1];
    let (rate, rounds, decay) = (1.0, 20_000, 2e-4);
    for _ in 0..rounds {
        let mut slope = [0.0; FIGURES + 1];
        for (figures, truth, cost) in examples {
            let error = cost * (rank::probability(figures, &weights) - truth);
            slope[0] += error;
            for (slope, x) in slope[1..].iter_mut().zip(figures) {
                *slope += error * x;
            }
        }
        for (weight, slope) in weights.iter_mut().zip(slope) {
            *weight -= rate * (slope / examples.len() as f64 + decay * *weight);
        }
    }
    weights
}

/// Prints the weights that fit best, and what the present ones reach.
#[expect(clippy::print_stdout, reason = "the output of a command")]
pub fn print() -> anyhow::Result<()> {
    let memory = Memory::new(passages());
    println!("weights: {:.3?}", calibrate());
    for (name, half) in [("development", Half::Development), ("test", Half::Test)] {
        println!("{name}: {}", serde_json::to_string(&measure(&memory, &questions(half)))?);
    }
    Ok(())
}

/// Prints each question's vector as the database reads it; the benchmark compares exact and approximate neighbours.
#[expect(clippy::print_stdout, reason = "the output of a command")]
pub fn print_vectors(questions: impl Iterator<Item = String>) -> anyhow::Result<()> {
    for question in questions {
        let vector = builtin::embed_question(&words::asked(&question));
        println!("{}", embedding::literal(&vector).context("no vector")?);
    }
    Ok(())
}

/// A data set in the form of two files of JSON lines: `doc_id`, `title`, `text`; `query`, `relevant`, `answerable`.
pub fn from_json_lines(documents: &Path, queries: &Path) -> anyhow::Result<(Vec<Text>, Vec<Question>)> {
    let lines = |path: &Path| -> anyhow::Result<Vec<serde_json::Value>> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    };
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let texts: Vec<Text> = lines(documents)?
        .iter()
        .map(|line| Text {
            id: word(&line["doc_id"]),
            title: word(&line["title"]),
            heading: None,
            question: None,
            content: word(&line["text"]),
        })
        .collect();
    ensure!(!texts.is_empty(), "{} is empty", documents.display());
    let questions = lines(queries)?
        .iter()
        .map(|line| {
            let relevant = line["relevant"].as_array().map(|ids| ids.iter().map(word).collect()).unwrap_or_default();
            let answers = if line["answerable"] == true { relevant } else { Vec::new() };
            Question { text: word(&line["query"]), answers }
        })
        .collect();
    Ok((texts, questions))
}

/// A data set in which each line is a `question` with its `answer`: whether the answer is found by the question alone.
pub fn from_answers(path: &Path) -> anyhow::Result<(Vec<Text>, Vec<Question>)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    let mut texts = Vec::new();
    let mut questions = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let id = number.to_string();
        questions.push(Question {
            text: line["question"].as_str().unwrap_or_default().to_owned(),
            answers: vec![id.clone()],
        });
        let content = line["answer"].as_str().unwrap_or_default().to_owned();
        texts.push(Text { id, title: String::new(), heading: None, question: None, content });
    }
    Ok((texts, questions))
}
