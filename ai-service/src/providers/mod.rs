//! Outside language models: an ordered chain in which nobody is trusted.
//!
//! [`Models`] asks one provider after the other, each within its share of the turn's [`Budget`] and behind a breaker of
//! its own, counts what was used, and gives up in time: the built-in understanding, always last, needs none of them.
//! Two things are asked for: what a text means ([`understand`]) and how to say what was found ([`phrase`]). What must
//! stay true: a request holds nothing but [`Masked`](crate::privacy::Masked) text and words of the program; an answer
//! is taken only where it can be checked against the citizen's words or the sources; a model never decides a step.

mod breaker;
mod budget;
pub mod configured;
pub mod embeddings;
pub mod facts;
mod gemini;
mod ledger;
mod models;
mod openai;
pub mod orders;
pub mod phrase;
mod prompt;
pub mod store;
pub mod understand;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

pub use budget::Budget;
pub use configured::{ModelsConfig, Providers};
pub use ledger::Ledger;
pub use models::{Answered, Asker, Models, NoTranscript, Trust};
pub use prompt::{Field, Prompt, Shape};

use crate::privacy::outgoing::Setting;

/// The border to a model that is not ours.
#[async_trait]
pub trait Vendor: Send + Sync + std::fmt::Debug {
    /// The word in `AI_PROVIDERS`, in answers and in statistics.
    fn name(&self) -> &'static str;

    /// The model that is asked, for statistics.
    fn model(&self) -> &Setting;

    /// Fills a shape in.
    async fn complete(&self, prompt: &Prompt, within: Duration) -> Result<Completion, Failure>;

    /// Writes down what is said in a recording. Only ever called on a provider that is trusted.
    async fn transcribe(&self, recording: &Recording, within: Duration) -> Result<Transcript, Failure>;
}

/// What a model filled in: JSON, not yet believed.
#[derive(Clone)]
pub struct Completion {
    pub value: Value,
    pub tokens: Tokens,
}

/// What was said, not yet believed.
#[derive(Clone)]
pub struct Transcript {
    pub text: String,
    pub tokens: Tokens,
}

/// A sound, for a trusted provider: only [`Models`] hands out the proof that one is.
#[derive(Clone)]
pub struct Recording {
    pub bytes: Bytes,
    pub mime_type: &'static str,
    pub trust: Trust,
}

/// What a call cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    pub input: i64,
    pub output: i64,
}

/// What a model is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Understand,
    Answer,
    Embed,
    Transcribe,
}

impl Purpose {
    /// The word in statistics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Understand => "understand",
            Self::Answer => "answer",
            Self::Embed => "embed",
            Self::Transcribe => "transcribe",
        }
    }
}

/// Why a provider was of no use. Never holds a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("it did not answer in time")]
    Deadline,
    #[error("it is not reachable")]
    Away,
    #[error("it answered {0}")]
    Broken(u16),
    #[error("it has had enough for now")]
    RateLimited,
    #[error("it refused with {0}")]
    Refused(u16),
    #[error("its answer can't be read")]
    Garbage,
    #[error("its answer says what no source says")]
    Unfounded,
    #[error("it failed too often; waiting before the next try")]
    BreakerOpen,
}

impl Failure {
    /// The word in statistics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Away => "away",
            Self::Broken(_) => "broken",
            Self::RateLimited => "rate_limited",
            Self::Refused(_) => "refused",
            Self::Garbage => "garbage",
            Self::Unfounded => "unfounded",
            Self::BreakerOpen => "breaker_open",
        }
    }
}

impl std::fmt::Debug for Completion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Completion({:?})", self.tokens)
    }
}

impl std::fmt::Debug for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transcript({} characters, {:?})", self.text.chars().count(), self.tokens)
    }
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recording({} bytes of {})", self.bytes.len(), self.mime_type)
    }
}
