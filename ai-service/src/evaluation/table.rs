//! The report for people.

use std::fmt::Write as _;

use super::Report;
use super::understanding::Figures;
use crate::knowledge::evaluate::Measured;

/// The whole report.
pub fn of(report: &Report) -> String {
    let mut out = String::new();
    for figures in &report.understanding {
        understanding(&mut out, figures, report.optimised);
    }
    let model = report.model;
    let _ = writeln!(out, "\nmodel: {} bytes, ready after {:.1} ms", model.bytes, model.ready_ms);
    let _ =
        writeln!(out, "\nsearch                      questions  hit@1  hit@3    MRR  false answers  abstention P / R");
    measured(&mut out, "own (eval/faq)", &report.search);
    if let Some(outside) = &report.outside {
        for (name, figures) in [("idk_mrc", &outside.idk_mrc), ("indogovrag", &outside.indogovrag)] {
            if let Some(figures) = figures {
                measured(&mut out, name, figures);
            }
        }
        let _ = writeln!(out);
        for (name, figure) in [
            ("lapor_civic: category as the keyword rule says", outside.lapor_agreement),
            ("lapor_civic: taken for a complaint", outside.lapor_complaints),
            ("xsid: out of scope", outside.xsid_out_of_scope),
            ("xsid: would begin a complaint", outside.xsid_taken_for_complaints),
        ] {
            if let Some(figure) = figure {
                let _ = writeln!(out, "{name:<50} {figure:.3}");
            }
        }
    }
    for low in &report.below {
        let _ = writeln!(out, "TOO LOW: {low}");
    }
    out
}

fn understanding(out: &mut String, figures: &Figures, optimised: bool) {
    let _ = writeln!(out, "understanding by {} ({} texts)", figures.provider, figures.texts);
    for (name, figure) in [
        ("intent accuracy", figures.intent_accuracy),
        ("intent macro-F1", figures.intent_macro_f1),
        ("not sure", figures.unsure),
        ("accuracy when sure", figures.accuracy_when_sure),
        ("category accuracy", figures.category_accuracy),
        ("slot precision", figures.slot_precision),
        ("slot recall", figures.slot_recall),
    ] {
        let _ = writeln!(out, "  {name:<22} {figure:.3}");
    }
    let build = if optimised { "" } else { " (not optimised)" };
    let _ = writeln!(out, "  milliseconds per text  p50 {:.2}, p99 {:.2}{build}", figures.p50_ms, figures.p99_ms);
    let _ = writeln!(out, "  slot            precision  recall  there");
    for (slot, figures) in &figures.slots {
        let _ = writeln!(
            out,
            "  {:<15} {:>9.3} {:>7.3} {:>6}",
            slot.as_str(),
            figures.precision,
            figures.recall,
            figures.there
        );
    }
    let _ = writeln!(out, "  taken for another:");
    for (truth, answers) in &figures.intents.counts {
        let wrong: Vec<String> = answers
            .iter()
            .filter(|(answer, _)| *answer != truth)
            .map(|(answer, count)| format!("{answer} {count}"))
            .collect();
        let all: usize = answers.values().sum();
        let right = answers.get(truth).copied().unwrap_or_default();
        let _ = writeln!(out, "    {truth:<18} {right:>3} of {all:<3} {}", wrong.join(", "));
    }
    for (truth, answers) in &figures.categories.counts {
        let wrong: Vec<String> = answers
            .iter()
            .filter(|(answer, _)| *answer != truth)
            .map(|(answer, count)| format!("{answer} {count}"))
            .collect();
        let all: usize = answers.values().sum();
        let right = answers.get(truth).copied().unwrap_or_default();
        let _ = writeln!(out, "    {truth:<18} {right:>3} of {all:<3} {}", wrong.join(", "));
    }
}

fn measured(out: &mut String, name: &str, figures: &Measured) {
    let _ = writeln!(
        out,
        "  {name:<25} {:>4} + {:<4} {:.3}  {:.3}  {:.3}          {:.3}     {:.3} / {:.3}",
        figures.answerable,
        figures.unanswerable,
        figures.hit_at_1,
        figures.hit_at_3,
        figures.mrr,
        figures.false_answers,
        figures.abstention_precision,
        figures.abstention_recall
    );
}
