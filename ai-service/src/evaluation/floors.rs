//! What the figures must not fall below.

use serde::Deserialize;

use super::understanding::Figures;
use crate::knowledge::evaluate::Measured;

/// The floors of the built-in provider, from `eval/floors.json`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    pub texts: usize,
    pub intent_accuracy: f64,
    pub intent_macro_f1: f64,
    pub category_accuracy: f64,
    pub slot_precision: f64,
    pub slot_recall: f64,
    /// The most texts that may be "not sure".
    pub unsure: f64,
    pub hit_at_1: f64,
    pub hit_at_3: f64,
    pub abstention_recall: f64,
}

impl Floors {
    /// The committed ones.
    pub fn committed() -> serde_json::Result<Self> {
        serde_json::from_str(include_str!("../../eval/floors.json"))
    }

    /// One sentence for every figure that is too low.
    pub fn below(&self, figures: &Figures, search: &Measured) -> Vec<String> {
        #[expect(clippy::cast_precision_loss, reason = "a count of texts")]
        let texts = (figures.texts as f64, self.texts as f64);
        let checks = [
            ("texts", texts.0, texts.1),
            ("intent accuracy", figures.intent_accuracy, self.intent_accuracy),
            ("intent macro-F1", figures.intent_macro_f1, self.intent_macro_f1),
            ("category accuracy", figures.category_accuracy, self.category_accuracy),
            ("slot precision", figures.slot_precision, self.slot_precision),
            ("slot recall", figures.slot_recall, self.slot_recall),
            ("sure", 1.0 - figures.unsure, 1.0 - self.unsure),
            ("hit@1", search.hit_at_1, self.hit_at_1),
            ("hit@3", search.hit_at_3, self.hit_at_3),
            ("abstention recall", search.abstention_recall, self.abstention_recall),
        ];
        let low = checks.into_iter().filter(|(_, figure, floor)| figure < floor);
        low.map(|(name, figure, floor)| format!("{name} is {figure:.3}, below {floor:.3}")).collect()
    }
}
