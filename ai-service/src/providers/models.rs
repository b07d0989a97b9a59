//! The chain: one provider after the other, until one gives something that can be believed.

use std::time::Duration;

use bytes::Bytes;
use contracts::OfficeId;
use serde_json::Value;
use tokio::time::Instant;

use super::breaker::Breaker;
use super::ledger::{Entry, Ledger};
use super::{Budget, Failure, Prompt, Purpose, Recording, Tokens, Vendor};

/// A transcription may take this long.
const LISTENING: Duration = Duration::from_secs(25);

/// The outside providers in their order; empty when there are none.
#[derive(Debug)]
pub struct Models {
    links: Vec<Link>,
    /// What all of them together may take in one turn.
    total: Duration,
    ledger: Option<Ledger>,
}

#[derive(Debug)]
struct Link {
    vendor: Box<dyn Vendor>,
    breaker: Breaker,
    trusted: bool,
}

/// On whose account, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    pub office: OfficeId,
    pub budget: Budget,
}

/// What a provider gave that was believed.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    pub value: T,
    pub provider: &'static str,
}

/// The proof that a provider may hear what can't be masked. Made here alone.
#[derive(Debug, Clone, Copy)]
pub struct Trust(());

/// Why nothing was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTranscript {
    #[error("no provider is trusted with recordings")]
    NobodyTrusted,
    #[error("the trusted providers could not: {0}")]
    Failed(Failure),
}

impl Models {
    /// No outside provider at all.
    pub fn none() -> Self {
        Self { links: Vec::new(), total: Duration::ZERO, ledger: None }
    }

    /// One vendor, without counting what it is used for: for measuring it.
    pub fn measured(vendor: Box<dyn Vendor>, total: Duration) -> Self {
        Self { links: vec![Link { vendor, breaker: Breaker::default(), trusted: false }], total, ledger: None }
    }

    /// A chain of vendors, each with whether it is trusted.
    pub fn new(vendors: Vec<(Box<dyn Vendor>, bool)>, total: Duration, ledger: Ledger) -> Self {
        let links = vendors
            .into_iter()
            .map(|(vendor, trusted)| Link { vendor, breaker: Breaker::default(), trusted })
            .collect();
        Self { links, total, ledger: Some(ledger) }
    }

    /// Whether there is nobody to ask.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Whether somebody may hear recordings.
    pub fn trusts_anybody(&self) -> bool {
        self.links.iter().any(|link| link.trusted)
    }

    /// The time for understanding a turn, and as much again for its answer. `patience`: how long the caller waits for both.
    pub fn half_turn(&self, patience: Duration) -> Budget {
        Budget::lasting(self.total.min(patience)).half()
    }

    /// Asks until an answer has the prompt's shape and `believe` takes it. Never lasts longer than the budget.
    pub async fn ask<T>(
        &self,
        asker: Asker,
        purpose: Purpose,
        prompt: &Prompt,
        mut believe: impl FnMut(&Value) -> Option<T> + Send,
    ) -> Option<Answered<T>> {
        let mut entries = Vec::new();
        let mut answered = None;
        for (nth, link) in self.links.iter().enumerate() {
            let mut entry = Entry::of(&*link.vendor, purpose);
            let started = Instant::now();
            let result = match asker.budget.share(self.links.len() - nth) {
                None => Err(Failure::Deadline),
                Some(_) if !link.breaker.lets_through(started) => Err(Failure::BreakerOpen),
                Some(share) => {
                    let result = link.vendor.complete(prompt, share).await;
                    entry.tokens = result.as_ref().map_or(Tokens::default(), |completion| completion.tokens);
                    let result = result.and_then(|completion| {
                        if prompt.shape.fits(&completion.value) { Ok(completion.value) } else { Err(Failure::Garbage) }
                    });
                    link.breaker.note(result.is_ok(), Instant::now());
                    result.and_then(|value| believe(&value).ok_or(Failure::Unfounded))
                }
            };
            entry.end(started.elapsed(), result.as_ref().err().copied());
            entries.push(entry);
            match result {
                Ok(value) => {
                    answered = Some(Answered { value, provider: link.vendor.name() });
                    break;
                }
                Err(failure) => tracing::warn!(
                    provider = link.vendor.name(),
                    purpose = purpose.as_str(),
                    reason = failure.as_str(),
                    "a model was of no use; asking the next"
                ),
            }
        }
        self.count(asker.office, entries).await;
        answered
    }

    /// Writes a recording down, by the first trusted provider that can.
    pub async fn transcribe(
        &self,
        office: OfficeId,
        bytes: Bytes,
        mime_type: &'static str,
    ) -> Result<Answered<String>, NoTranscript> {
        let budget = Budget::lasting(LISTENING);
        let trusted: Vec<&Link> = self.links.iter().filter(|link| link.trusted).collect();
        let mut entries = Vec::new();
        let mut outcome = Err(NoTranscript::NobodyTrusted);
        for (nth, link) in trusted.iter().enumerate() {
            let mut entry = Entry::of(&*link.vendor, Purpose::Transcribe);
            let started = Instant::now();
            let recording = Recording { bytes: bytes.clone(), mime_type, trust: Trust(()) };
            let result = match budget.share(trusted.len() - nth) {
                None => Err(Failure::Deadline),
                Some(share) => link.vendor.transcribe(&recording, share).await,
            };
            entry.tokens = result.as_ref().map_or(Tokens::default(), |transcript| transcript.tokens);
            entry.end(started.elapsed(), result.as_ref().err().copied());
            entries.push(entry);
            match result {
                Ok(transcript) => {
                    outcome = Ok(Answered { value: transcript.text, provider: link.vendor.name() });
                    break;
                }
                Err(failure) => outcome = Err(NoTranscript::Failed(failure)),
            }
        }
        self.count(office, entries).await;
        outcome
    }

    async fn count(&self, office: OfficeId, entries: Vec<Entry>) {
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !entries.is_empty()) {
            ledger.write(office, &entries).await;
        }
    }
}
