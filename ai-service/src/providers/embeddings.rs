//! Vectors from outside models: texts go through the same gate as everything else.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::OfficeId;
use serde::Deserialize;
use tokio::time::Instant;

use super::breaker::Breaker;
use super::configured::{ModelsConfig, Word};
use super::ledger::{Entry, Ledger};
use super::wire::Wire;
use super::{Failure, Purpose as Use, Tokens, gemini, openai};
use crate::embedding::{DIMENSIONS, Embedder, Purpose};
use crate::privacy::outgoing::{Outgoing, Setting};
use crate::privacy::{Gate, Masked};

/// A question waits this long at most, a passage longer.
const QUERY: Duration = Duration::from_secs(3);
const PASSAGES: Duration = Duration::from_secs(30);
/// Texts in one call.
const BATCH: usize = 64;
/// Models read no more of a text anyway.
const LONGEST: usize = 8_000;

/// Whose language the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Gemini,
    OpenAi,
}

/// An outside embedder.
#[derive(Debug)]
pub struct Vectors {
    dialect: Dialect,
    wire: Wire,
    model: Setting,
    dimensions: usize,
    name: String,
    breaker: Breaker,
    ledger: Ledger,
}

impl Vectors {
    /// Asks for vectors of this many dimensions.
    pub fn new(dialect: Dialect, wire: Wire, model: Setting, dimensions: usize, ledger: Ledger) -> Self {
        let name = format!("{}:{}:{dimensions}", provider(dialect), model.as_str());
        Self { dialect, wire, model, dimensions: dimensions.min(DIMENSIONS), name, breaker: Breaker::default(), ledger }
    }

    async fn batch(
        &self,
        purpose: Purpose,
        texts: &[Masked],
        within: Duration,
    ) -> Result<(Vec<Vec<f32>>, Tokens), Failure> {
        let (vectors, tokens) = match self.dialect {
            Dialect::Gemini => self.gemini(purpose, texts, within).await?,
            Dialect::OpenAi => self.openai(texts, within).await?,
        };
        let sound = |vector: &Vec<f32>| !vector.is_empty() && vector.iter().all(|x| x.is_finite());
        if vectors.len() != texts.len() || !vectors.iter().all(sound) {
            return Err(Failure::Garbage);
        }
        Ok((vectors.into_iter().map(|vector| self.fitted(vector)).collect(), tokens))
    }

    async fn gemini(
        &self,
        purpose: Purpose,
        texts: &[Masked],
        within: Duration,
    ) -> Result<(Vec<Vec<f32>>, Tokens), Failure> {
        #[derive(Deserialize)]
        struct Answer {
            embeddings: Vec<Values>,
        }
        #[derive(Deserialize)]
        struct Values {
            values: Vec<f32>,
        }
        let task = match purpose {
            Purpose::Passage => "RETRIEVAL_DOCUMENT",
            Purpose::Query => "RETRIEVAL_QUERY",
        };
        let model = Setting::new(&format!("models/{}", self.model.as_str())).unwrap_or_else(|| self.model.clone());
        let requests = texts.iter().map(|text| {
            Outgoing::map([
                ("model", model.clone().into()),
                ("content", Outgoing::map([("parts", gemini::part(text.clone().into()))])),
                ("taskType", task.into()),
                ("outputDimensionality", Outgoing::Whole(self.dimensions as u64)),
            ])
        });
        let body = Outgoing::map([("requests", Outgoing::list(requests))]);
        let path = format!("v1beta/models/{}:batchEmbedContents", self.model.as_str());
        let answer: Answer = self.wire.post(&path, &body, within).await?;
        Ok((answer.embeddings.into_iter().map(|embedding| embedding.values).collect(), Tokens::default()))
    }

    async fn openai(&self, texts: &[Masked], within: Duration) -> Result<(Vec<Vec<f32>>, Tokens), Failure> {
        #[derive(Deserialize)]
        struct Answer {
            data: Vec<Datum>,
            #[serde(default)]
            usage: Option<Spent>,
        }
        #[derive(Deserialize)]
        struct Datum {
            #[serde(default)]
            index: usize,
            embedding: Vec<f32>,
        }
        #[derive(Deserialize)]
        struct Spent {
            #[serde(default)]
            prompt_tokens: i64,
        }
        let input = Outgoing::list(texts.iter().cloned().map(Outgoing::from));
        let body = Outgoing::map([("model", self.model.clone().into()), ("input", input)]);
        let dimensions = Outgoing::Whole(self.dimensions as u64);
        let path = "embeddings";
        // Models of one fixed width refuse the wish for another.
        let mut answer: Answer = match self.wire.post(path, &body.clone().with("dimensions", dimensions), within).await
        {
            Err(Failure::Refused(400 | 422)) => self.wire.post(path, &body, within).await?,
            other => other?,
        };
        answer.data.sort_by_key(|datum| datum.index);
        let tokens = Tokens { input: answer.usage.map_or(0, |usage| usage.prompt_tokens), output: 0 };
        Ok((answer.data.into_iter().map(|datum| datum.embedding).collect(), tokens))
    }

    /// Cut to the width, length one: newer models order their dimensions by weight.
    fn fitted(&self, mut vector: Vec<f32>) -> Vec<f32> {
        vector.truncate(self.dimensions);
        crate::embedding::normalise(&mut vector);
        vector
    }
}

impl ModelsConfig {
    /// Who makes vectors beside the built-in embedder; `None`: nobody.
    pub fn embedder(&self, ledger: &Ledger) -> anyhow::Result<Option<Arc<dyn Embedder>>> {
        let (dialect, wire, usual) = match self.embedding_provider.0.as_str() {
            gemini::NAME => {
                let key = self.gemini_key().cloned().unwrap_or_default();
                (Dialect::Gemini, gemini::wire(&self.gemini_base_url, &key)?, "gemini-embedding-001")
            }
            openai::NAME => (Dialect::OpenAi, self.openai_wire()?, "text-embedding-3-small"),
            _ => return Ok(None),
        };
        let model = match &self.embedding_model {
            Some(model) => model.setting()?,
            None => Word(usual.to_owned()).setting()?,
        };
        Ok(Some(Arc::new(Vectors::new(dialect, wire, model, self.embedding_dimensions, ledger.clone()))))
    }
}

fn provider(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Gemini => gemini::NAME,
        Dialect::OpenAi => openai::NAME,
    }
}

#[async_trait]
impl Embedder for Vectors {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    async fn embed(&self, office: OfficeId, purpose: Purpose, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let masked: Vec<Masked> = batch
                .iter()
                .map(|text| Gate::default().mask(&text.chars().take(LONGEST).collect::<String>()))
                .collect();
            let within = if purpose == Purpose::Query { QUERY } else { PASSAGES };
            let mut entry = Entry::named(provider(self.dialect), self.model.as_str(), Use::Embed);
            let started = Instant::now();
            let result = if self.breaker.lets_through(started) {
                let result = self.batch(purpose, &masked, within).await;
                self.breaker.note(result.is_ok(), Instant::now());
                result
            } else {
                Err(Failure::BreakerOpen)
            };
            entry.tokens = result.as_ref().map_or(Tokens::default(), |(_, tokens)| *tokens);
            entry.end(started.elapsed(), result.as_ref().err().copied());
            self.ledger.write(office, &[entry]).await;
            vectors.extend(result?.0);
        }
        Ok(vectors)
    }
}
