//! Texts as vectors, so that near meanings lie near each other.
//!
//! The built-in embedder needs no network and makes the vectors that every chunk has. One outside of this process may
//! stand beside it: its vectors are a second list in the search, and when it is away the first one serves alone. What
//! must stay true: all vectors have [`DIMENSIONS`] numbers and the length one, and those of different makers are never
//! compared with each other.

pub mod builtin;

use std::fmt::Debug;
use std::fmt::Write as _;

use async_trait::async_trait;
use contracts::OfficeId;

/// The width of the columns; an embedder with fewer dimensions is filled up with zeros, which changes no angle.
pub const DIMENSIONS: usize = 512;

/// What a text is to be compared as: some models embed questions and passages differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Passage,
    Query,
}

/// The border to whatever makes vectors outside of this process.
#[async_trait]
pub trait Embedder: Send + Sync + Debug {
    /// Stands beside each vector, such as `gemini:text-embedding-004:512`. Another name: the vectors are made anew.
    fn name(&self) -> &str;

    /// At most [`DIMENSIONS`].
    fn dimensions(&self) -> usize;

    /// One vector per text, in order. An error, or one that comes late, leaves the search to the built-in vectors.
    async fn embed(&self, office: OfficeId, purpose: Purpose, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>>;
}

/// Scales to the length one; an empty text stays zero.
pub fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        for x in vector {
            *x /= length;
        }
    }
}

/// The cosine of two vectors of length one.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// As the column reads it, filled up to its width. `None`: no vector that could be stored.
pub fn literal(vector: &[f32]) -> Option<String> {
    if vector.len() > DIMENSIONS || vector.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut text = String::with_capacity(DIMENSIONS * 6);
    for n in 0..DIMENSIONS {
        text.push(if n == 0 { '[' } else { ',' });
        match vector.get(n) {
            // Four digits are more than a half-precision number holds.
            Some(x) if *x != 0.0 => write!(text, "{x:.5}").ok()?,
            _ => text.push('0'),
        }
    }
    text.push(']');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_written_in_full_width_or_not_at_all() {
        let text = literal(&[0.5, 0.0, -0.25]).expect("a vector");
        assert!(text.starts_with("[0.50000,0,-0.25000,0"), "{text}");
        assert_eq!(text.matches(',').count(), DIMENSIONS - 1);
        assert_eq!(literal(&[f32::NAN]), None);
        assert_eq!(literal(&vec![0.0; DIMENSIONS + 1]), None);
    }
}
