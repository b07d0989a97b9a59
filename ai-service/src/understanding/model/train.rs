//! `ai-service train`: from the texts in `model/` to `model/builtin.bin`.

use std::path::Path;

use anyhow::Context as _;

use crate::understanding::grammar;

use super::linear::{Sample, Weights, softmax};
use super::{CATEGORIES, INTENTS, Model, data, features, file, linear};

/// Every n-th group of texts is kept apart while the temperature is looked for.
const CALIBRATION: usize = 5;

/// Trains and returns the model.
pub fn train() -> Model {
    let utterances = data::utterances();
    let mut intents = Vec::new();
    let mut categories = Vec::new();
    for utterance in &utterances {
        let features = features::of(&utterance.text, &grammar::read(&utterance.text));
        if let Some(class) = utterance.category {
            categories.push((utterance.group, Sample { features: features.category, class }));
        }
        intents.push((utterance.group, Sample { features: features.intent, class: utterance.intent }));
    }
    Model { trained_from: data::hash(), intent: fit(&intents, INTENTS), category: fit(&categories, CATEGORIES) }
}

fn fit(samples: &[(usize, Sample)], classes: usize) -> super::Head {
    let pick = |kept: bool| -> Vec<Sample> {
        let wanted = samples.iter().filter(|(group, _)| (group % CALIBRATION == 0) == kept);
        wanted.map(|(_, sample)| sample.clone()).collect()
    };
    let temperature = temperature(&linear::train(&pick(false), classes), &pick(true));
    let all: Vec<Sample> = samples.iter().map(|(_, sample)| sample.clone()).collect();
    file::quantise(&linear::train(&all, classes), temperature)
}

/// The temperature under which the probabilities of unseen texts are most honest (least log loss).
fn temperature(weights: &Weights, unseen: &[Sample]) -> f32 {
    let logits: Vec<(Vec<f64>, usize)> =
        unseen.iter().map(|sample| (weights.logits(&sample.features), sample.class)).collect();
    let loss = |temperature: f64| -> f64 {
        let scaled = |logits: &[f64]| logits.iter().map(|logit| logit / temperature).collect::<Vec<_>>();
        logits.iter().map(|(logits, class)| -softmax(&scaled(logits))[*class].max(1e-9).ln()).sum()
    };
    let candidates = (4u8..=40).map(|step| f32::from(step) / 20.0);
    candidates.min_by(|a, b| loss(f64::from(*a)).total_cmp(&loss(f64::from(*b)))).unwrap_or(1.0)
}

/// Trains and writes the model file into `folder`.
pub fn write(folder: &Path) -> anyhow::Result<()> {
    let model = train();
    let path = folder.join("builtin.bin");
    let bytes = file::write(&model);
    std::fs::write(&path, &bytes).with_context(|| format!("can't write {}", path.display()))?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}
