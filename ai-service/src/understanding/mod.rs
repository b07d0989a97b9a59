//! What a citizen means: intent, category, places and numbers in a text.
//!
//! Called by `turns` (and through it by `POST /internal/process-message`) before any decision is made; the decisions
//! themselves are `dialogue`'s. The built-in reading is always made: it needs no network, takes well under 5 ms, and says
//! "not sure" rather than guess. Outside models may add to it what can be checked (`providers::understand`). What must
//! stay true: whoever reads only *understands*, it never answers and never acts.

pub mod areas;
pub mod builtin;
pub mod grammar;
pub mod hear;
pub mod model;
pub mod normalize;
pub mod parts;
mod signals;
mod store;

use std::sync::Arc;

use contracts::dto::ai::Entities;
use contracts::intent::Intent;
use contracts::{Category, ComplaintNumber};
use serde::{Deserialize, Serialize};

use crate::providers::{self, Asker, Models, orders};
pub use signals::language;

/// The complaints of one message, each with its own words: at least one. See [`parts`](mod@parts).
pub fn parts(text: &str) -> Vec<parts::Part> {
    static BUILTIN: std::sync::LazyLock<builtin::Builtin> = std::sync::LazyLock::new(builtin::Builtin::shipped);
    parts::split(&BUILTIN, text)
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
    /// Every intent with its probability, the likeliest first.
    #[serde(default)]
    pub intents: Vec<(Intent, f64)>,
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

/// A text to understand, and what may be known around it.
#[derive(Debug, Clone)]
pub struct Heard<'a> {
    pub text: &'a str,
    /// On whose account outside models are asked; without it nobody is.
    pub asker: Option<Asker>,
    /// What the assistant asked last.
    pub question: Option<&'a str>,
    /// Names to hide from outside models.
    pub names: Vec<String>,
    /// The office's categories, key and name.
    pub categories: Vec<(Category, String)>,
    /// Complaints that the conversation is about already: a model may name these.
    pub numbers: Vec<ComplaintNumber>,
}

impl<'a> From<&'a str> for Heard<'a> {
    fn from(text: &'a str) -> Self {
        let categories = contracts::complaint::BUILT_IN_CATEGORIES.iter();
        Self {
            text,
            asker: None,
            question: None,
            names: Vec::new(),
            categories: categories.map(|(key, name)| (Category::from(*key), (*name).to_owned())).collect(),
            numbers: Vec::new(),
        }
    }
}

impl<'a> From<&'a String> for Heard<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// The built-in reading, and the outside models that may add to it.
#[derive(Debug)]
pub struct Chain {
    models: Arc<Models>,
    builtin: builtin::Builtin,
}

impl Chain {
    /// The built-in understanding alone.
    pub fn builtin() -> Self {
        Self::new(Arc::new(Models::none()))
    }

    /// With these models before it.
    pub fn new(models: Arc<Models>) -> Self {
        Self { models, builtin: builtin::Builtin::shipped() }
    }

    /// Understands a text, within the budget whatever the models do.
    pub async fn understand(&self, heard: impl Into<Heard<'_>>) -> Understood {
        let heard = heard.into();
        let reading = self.read(heard.text);
        providers::understand::understand(&self.models, &heard, reading).await
    }

    /// The built-in reading; orders to a machine that stand beside a citizen's words are no part of them.
    fn read(&self, text: &str) -> Understood {
        let words = orders::without(text);
        if words.trim().is_empty() { self.builtin.read(text) } else { self.builtin.read(&words) }
    }
}
