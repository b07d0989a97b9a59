//! The built-in classifier: two multinomial logistic regressions (intent, category) over hashed character and word
//! n-grams, trained from `model/*.txt` and shipped quantised to eight bits as `model/builtin.bin`.
//!
//! What must stay true: the shipped file is the one that `ai-service train` makes from the shipped texts (it carries
//! their hash, and a test compares them); loading copies nothing but a header.

pub mod data;
pub mod features;
pub mod file;
pub mod linear;
pub mod train;

use std::borrow::Cow;

use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::intent::Intent;

use features::Feature;

/// Rows of the weight matrix: more than there are different n-grams worth telling apart, few enough to ship.
pub const BUCKETS: usize = 1 << 16;
/// How many intents there are.
pub const INTENTS: usize = Intent::ALL.len();
/// How many categories there are.
pub const CATEGORIES: usize = BUILT_IN_CATEGORIES.len();

/// The shipped model's file.
pub const BYTES: &[u8] = include_bytes!("../../../model/builtin.bin");

/// A trained model.
#[derive(Clone)]
pub struct Model {
    /// The hash of the texts that it was trained from.
    pub trained_from: [u8; 32],
    pub(crate) intent: Head,
    pub(crate) category: Head,
}

/// One classifier: quantised weights, bucket by bucket, and what turns their sums into probabilities.
#[derive(Clone)]
pub(crate) struct Head {
    pub classes: usize,
    /// What one quantisation step is worth, divided by the calibration's temperature.
    pub scale: f32,
    pub bias: Vec<f32>,
    pub weights: Cow<'static, [u8]>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("trained_from", &self.trained_from).finish_non_exhaustive()
    }
}

impl Model {
    /// The model that is part of the program.
    pub fn shipped() -> Self {
        file::read(BYTES).expect("the shipped model is read in a test")
    }

    /// Every intent with its probability, the likeliest first.
    pub fn intents(&self, features: &[Feature]) -> Vec<(Intent, f64)> {
        ranked(Intent::ALL.into_iter().zip(self.intent.probabilities(features)).collect())
    }

    /// Every category with its probability, the likeliest first.
    pub fn categories(&self, features: &[Feature]) -> Vec<(&'static str, f64)> {
        let keys = BUILT_IN_CATEGORIES.iter().map(|(key, _)| *key);
        ranked(keys.zip(self.category.probabilities(features)).collect())
    }
}

fn ranked<T>(mut classes: Vec<(T, f64)>) -> Vec<(T, f64)> {
    classes.sort_by(|a, b| b.1.total_cmp(&a.1));
    classes
}

impl Head {
    fn probabilities(&self, features: &[Feature]) -> Vec<f64> {
        let mut sums = vec![0f32; self.classes];
        for feature in features {
            let row = feature.bucket as usize * self.classes;
            for (sum, weight) in sums.iter_mut().zip(&self.weights[row..row + self.classes]) {
                *sum += f32::from(i8::from_le_bytes([*weight])) * feature.value;
            }
        }
        let logits: Vec<f64> =
            sums.iter().zip(&self.bias).map(|(sum, bias)| f64::from(sum * self.scale + bias)).collect();
        linear::softmax(&logits)
    }
}
