//! Data sets that are not part of the project: measured where they lie in a folder, never trained from, never committed.

use std::path::Path;

use anyhow::Context as _;
use contracts::intent::Intent;
use serde::Serialize;
use serde_json::Value;

use super::set::Item;
use super::understanding::measure;
use crate::knowledge::evaluate::{self, Measured};
use crate::knowledge::memory::Memory;
use crate::understanding::builtin::Builtin;

/// The figures on them; what is not there is left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outside {
    /// Reports to LAPOR!: how often the category is the one that a keyword rule named (no truth, a comparison).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapor_agreement: Option<f64>,
    /// The same reports: how often they are taken for complaints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapor_complaints: Option<f64>,
    /// Texts about weather, alarms and films: how often they are taken for out of scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsid_out_of_scope: Option<f64>,
    /// The same: how many would begin a complaint, surely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsid_taken_for_complaints: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idk_mrc: Option<Measured>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indogovrag: Option<Measured>,
    /// What went wrong, for people.
    #[serde(skip)]
    pub mistakes: String,
}

/// Measures what is in the folder.
pub fn run(folder: &Path, builtin: &Builtin) -> anyhow::Result<Outside> {
    let mut outside = Outside::default();
    if let Some(lines) = lines(&folder.join("lapor_civic.jsonl"))? {
        let items: Vec<Item> = lines
            .iter()
            .map(|line| item(line, Some(Intent::CreateComplaint), line["weak_category"].as_str()))
            .collect();
        let figures = measure(&items, "builtin", |text| builtin.read(text));
        outside.lapor_agreement = Some(figures.category_accuracy);
        outside.lapor_complaints = Some(figures.intent_accuracy);
        outside.mistakes.push_str(&figures.mistakes);
    }
    if let Some(lines) = lines(&folder.join("xsid_valid.jsonl"))? {
        let items: Vec<Item> = lines.iter().map(|line| item(line, Some(Intent::OutOfScope), None)).collect();
        let figures = measure(&items, "builtin", |text| builtin.read(text));
        outside.xsid_out_of_scope = Some(figures.intent_accuracy);
        let begun =
            items.iter().filter(|item| builtin.read(&item.text).intent == Some(Intent::CreateComplaint)).count();
        outside.xsid_taken_for_complaints = Some(super::scores::share(begun, items.len()));
        outside.mistakes.push_str(&figures.mistakes);
    }
    let (documents, queries) = (folder.join("idk_mrc_docs.jsonl"), folder.join("idk_mrc_queries.jsonl"));
    if documents.is_file() && queries.is_file() {
        let (texts, questions) = evaluate::from_json_lines(&documents, &queries)?;
        outside.idk_mrc = Some(evaluate::measure(&Memory::new(texts), &questions));
    }
    let answers = folder.join("indogovrag_qa.jsonl");
    if answers.is_file() {
        let (texts, questions) = evaluate::from_answers(&answers)?;
        outside.indogovrag = Some(evaluate::measure(&Memory::new(texts), &questions));
    }
    Ok(outside)
}

fn item(line: &Value, intent: Option<Intent>, category: Option<&str>) -> Item {
    let text = line["text"].as_str().unwrap_or_default().to_owned();
    Item { intent, category: category.map(str::to_owned), slots: None, text }
}

fn lines(path: &Path) -> anyhow::Result<Option<Vec<Value>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str);
    lines.collect::<Result<_, _>>().map(Some).with_context(|| format!("{} is no JSON lines", path.display()))
}
