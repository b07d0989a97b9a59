//! The model as a file: a header, then the weights of both heads, one byte each.

use std::borrow::Cow;

use super::linear::Weights;
use super::{BUCKETS, CATEGORIES, Head, INTENTS, Model};

const MAGIC: &[u8; 8] = b"GCMODEL1";
const HASH: usize = 32;

/// Why bytes are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadModel {
    #[error("not a model of this version")]
    Magic,
    #[error("the model is cut short or too long")]
    Size,
}

/// Reads a model without copying its weights.
pub fn read(bytes: &'static [u8]) -> Result<Model, BadModel> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(BadModel::Magic)?;
    let (hash, rest) = rest.split_at_checked(HASH).ok_or(BadModel::Size)?;
    let (intent, rest) = read_head(rest, INTENTS)?;
    let (category, rest) = read_head(rest, CATEGORIES)?;
    if !rest.is_empty() {
        return Err(BadModel::Size);
    }
    Ok(Model { trained_from: hash.try_into().map_err(|_| BadModel::Size)?, intent, category })
}

fn read_head(bytes: &'static [u8], classes: usize) -> Result<(Head, &'static [u8]), BadModel> {
    let (floats, rest) = bytes.split_at_checked(4 * (1 + classes)).ok_or(BadModel::Size)?;
    let mut floats = floats.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let scale = floats.next().ok_or(BadModel::Size)?;
    let (weights, rest) = rest.split_at_checked(BUCKETS * classes).ok_or(BadModel::Size)?;
    Ok((Head { classes, scale, bias: floats.collect(), weights: Cow::Borrowed(weights) }, rest))
}

/// Writes a model.
pub fn write(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BUCKETS * (INTENTS + CATEGORIES) + 256);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&model.trained_from);
    for head in [&model.intent, &model.category] {
        for float in std::iter::once(&head.scale).chain(&head.bias) {
            bytes.extend_from_slice(&float.to_le_bytes());
        }
        bytes.extend_from_slice(&head.weights);
    }
    bytes
}

/// Rounds trained weights to eight bits and folds the calibration's temperature in.
#[expect(clippy::cast_possible_truncation, reason = "rounded and clamped to eight bits")]
pub(crate) fn quantise(weights: &Weights, temperature: f32) -> Head {
    let largest = weights.rows.iter().fold(0f32, |max, weight| max.max(weight.abs()));
    let unit = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    let rows = weights.rows.iter().map(|weight| ((weight / unit).round().clamp(-127.0, 127.0) as i8).to_le_bytes()[0]);
    Head {
        classes: weights.classes,
        scale: unit / temperature,
        bias: weights.bias.iter().map(|bias| bias / temperature).collect(),
        weights: Cow::Owned(rows.collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_refused() {
        assert_eq!(read(b"something else").err(), Some(BadModel::Magic));
        assert_eq!(read(b"GCMODEL1 short").err(), Some(BadModel::Size));
    }
}
