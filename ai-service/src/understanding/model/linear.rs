//! Multinomial logistic regression by stochastic gradient descent, deterministic from a seed.

use super::BUCKETS;
use super::features::Feature;

/// One labelled sample.
#[derive(Debug, Clone)]
pub struct Sample {
    pub features: Vec<Feature>,
    pub class: usize,
}

/// Weights while training: bucket by bucket, then the bias.
pub struct Weights {
    pub classes: usize,
    pub rows: Vec<f32>,
    pub bias: Vec<f32>,
}

const EPOCHS: usize = 10;
/// The weights are the mean of those after the last epochs: the last samples seen have no louder say.
const AVERAGED: usize = 5;
const RATE: f32 = 0.6;
/// Weight decay, applied to the rows that a sample touches.
const DECAY: f32 = 2e-5;
/// How much of the truth is spread over the other classes, so that certainty stays honest.
const SMOOTHING: f32 = 0.06;

/// Small, fast, and the same on every machine (xorshift64*).
pub struct Random(u64);

impl Random {
    /// A generator that always gives the same numbers for a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or_default() % n.max(1)
    }
}

/// Trains on the samples, every class with equal say.
pub fn train(samples: &[Sample], classes: usize) -> Weights {
    let mut weights = Weights { classes, rows: vec![0.0; BUCKETS * classes], bias: vec![0.0; classes] };
    let mut seen = vec![1e-4f32; BUCKETS * classes];
    let say = class_weights(samples, classes);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut random = Random::seeded(0x5eed);
    let mut sum = vec![0f32; weights.rows.len()];
    for epoch in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        for index in &order {
            step(&mut weights, &mut seen, &samples[*index], &say);
        }
        if epoch + AVERAGED >= EPOCHS {
            sum.iter_mut().zip(&weights.rows).for_each(|(sum, weight)| *sum += weight);
        }
    }
    weights.rows = sum;
    #[expect(clippy::cast_precision_loss, reason = "a handful of epochs")]
    weights.rows.iter_mut().for_each(|weight| *weight /= AVERAGED as f32);
    weights
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn class_weights(samples: &[Sample], classes: usize) -> Vec<f32> {
    let mut counts = vec![0usize; classes];
    for sample in samples {
        counts[sample.class] += 1;
    }
    let mean = samples.len() as f32 / classes as f32;
    // The square root: rare classes gain, common ones are not silenced.
    counts.into_iter().map(|count| (mean / count.max(1) as f32).sqrt().clamp(0.4, 3.0)).collect()
}

/// One step of AdaGrad.
#[expect(clippy::cast_precision_loss, reason = "a dozen classes")]
fn step(weights: &mut Weights, seen: &mut [f32], sample: &Sample, say: &[f32]) {
    let classes = weights.classes;
    let probabilities = softmax(&weights.logits(&sample.features));
    for (class, probability) in probabilities.into_iter().enumerate() {
        let truth = if class == sample.class { 1.0 - SMOOTHING } else { SMOOTHING / (classes as f32 - 1.0) };
        #[expect(clippy::cast_possible_truncation, reason = "a probability")]
        let error = (probability as f32 - truth) * say[sample.class];
        weights.bias[class] -= 0.01 * error;
        for feature in &sample.features {
            let at = feature.bucket as usize * classes + class;
            let gradient = error * feature.value + DECAY * weights.rows[at];
            seen[at] += gradient * gradient;
            weights.rows[at] -= RATE * gradient / (seen[at].sqrt() + 0.1);
        }
    }
}

impl Weights {
    /// The sums before they become probabilities.
    pub fn logits(&self, features: &[Feature]) -> Vec<f64> {
        let mut sums = self.bias.clone();
        for feature in features {
            let row = feature.bucket as usize * self.classes;
            for (sum, weight) in sums.iter_mut().zip(&self.rows[row..row + self.classes]) {
                *sum += weight * feature.value;
            }
        }
        sums.into_iter().map(f64::from).collect()
    }
}

/// Probabilities from sums.
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let total: f64 = raised.iter().sum();
    raised.into_iter().map(|value| value / total).collect()
}
