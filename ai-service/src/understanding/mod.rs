//! What a citizen means: intent, category, places and numbers in a text.
//!
//! Called by `turns` (and through it by `POST /internal/process-message`) before any decision is made; the decisions
//! themselves are `dialogue`'s. What must stay true: a provider only *understands*, it never answers and never acts;
//! the built-in one needs no network, takes well under 5 ms, and says "not sure" rather than guess.

pub mod builtin;
pub mod grammar;
pub mod model;
pub mod normalize;
mod signals;

use async_trait::async_trait;
use contracts::Category;
use contracts::dto::ai::Entities;
use contracts::intent::Intent;
use serde::{Deserialize, Serialize};

/// The border to whatever understands texts. Models are not ours, so this is a trait; the built-in one is one of them.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// The word in `AI_PROVIDERS`, in answers and in statistics.
    fn name(&self) -> &'static str;

    /// Understands one text. An error means: ask the next provider.
    async fn understand(&self, text: &str) -> anyhow::Result<Understood>;
}

/// What was found in one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// What the citizen wants, or `None`: not sure.
    pub intent: Option<Intent>,
    /// The likeliest intent, even when not sure.
    pub guess: Intent,
    /// The calibrated probability of `guess`.
    pub confidence: f64,
    pub entities: Entities,
    /// The likeliest categories first, with their probabilities; `entities.kategori` is set only when sure.
    pub categories: Vec<(Category, f64)>,
    /// The text speaks of a danger to life that is there now.
    pub danger: bool,
    /// The citizen wants to stay unnamed towards everyone.
    pub anonymous: bool,
    /// The citizen wants the complaint kept from the public.
    pub confidential: bool,
    pub language: Language,
    pub provider: String,
}

/// The language to answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Indonesian,
    English,
    /// Too short to tell: keep the conversation's language.
    Unclear,
}

/// The providers in the order in which they are asked. The last one is the built-in, which can't fail.
#[derive(Debug)]
pub struct Chain {
    providers: Vec<Box<dyn Provider>>,
    last: builtin::Builtin,
}

impl Chain {
    /// The built-in understanding alone.
    pub fn builtin() -> Self {
        Self { providers: Vec::new(), last: builtin::Builtin::shipped() }
    }

    /// Understands a text with the first provider that can.
    pub async fn understand(&self, text: &str) -> Understood {
        for provider in &self.providers {
            match provider.understand(text).await {
                Ok(understood) => return understood,
                Err(error) => {
                    tracing::warn!(provider = provider.name(), ?error, "provider failed, asking the next one");
                }
            }
        }
        self.last.read(text)
    }
}
