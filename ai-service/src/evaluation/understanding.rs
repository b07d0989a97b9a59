//! How well texts are understood, by whoever understands them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use contracts::dto::ai::Entities;
use serde::Serialize;

use super::scores::{Confusion, Pair, share};
use super::set::{Item, Slot};
use crate::personal::{self, Kind};
use crate::understanding::Understood;

/// The figures of one provider on one test set.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    pub provider: String,
    pub texts: usize,
    pub intent_accuracy: f64,
    pub intent_macro_f1: f64,
    /// The share of texts of which the provider said that it is not sure.
    pub unsure: f64,
    /// Of those that it was sure of, how many it had right.
    pub accuracy_when_sure: f64,
    pub category_texts: usize,
    pub category_accuracy: f64,
    pub slots: BTreeMap<Slot, Precision>,
    pub slot_precision: f64,
    pub slot_recall: f64,
    /// Milliseconds per text.
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub intents: Confusion,
    pub categories: Confusion,
    /// What went wrong, for people; not part of the JSON.
    #[serde(skip)]
    pub mistakes: String,
}

/// One slot's figures.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Precision {
    pub precision: f64,
    pub recall: f64,
    pub there: usize,
}

/// Gathers answers.
#[derive(Debug, Default)]
pub struct Counter {
    intents: Confusion,
    categories: Confusion,
    slots: BTreeMap<Slot, Pair>,
    times: Vec<Duration>,
    unsure: usize,
    sure_and_right: usize,
    mistakes: String,
}

impl Counter {
    /// Compares one answer with the truth.
    pub fn add(&mut self, item: &Item, understood: &Understood, took: Duration) {
        self.times.push(took);
        if let Some(intent) = item.intent {
            self.intents.add(intent.as_str(), understood.guess.as_str());
            let right = understood.guess == intent;
            self.unsure += usize::from(understood.intent.is_none());
            self.sure_and_right += usize::from(understood.intent == Some(intent));
            if !right {
                let _ = writeln!(
                    self.mistakes,
                    "{intent} -> {} {:.2}: {}",
                    understood.guess, understood.confidence, item.text
                );
            }
        }
        if let Some(category) = &item.category {
            let (guess, probability) =
                understood.categories.first().map_or(("-", 0.0), |(key, probability)| (key.0.as_str(), *probability));
            self.categories.add(category, guess);
            if guess != category {
                let _ = writeln!(self.mistakes, "{category} -> {guess} {probability:.2}: {}", item.text);
            }
        }
        if let Some(truth) = &item.slots {
            self.add_slots(truth, &found(&item.text, &understood.entities), &item.text);
        }
    }

    fn add_slots(&mut self, truth: &BTreeMap<Slot, String>, found: &BTreeMap<Slot, String>, text: &str) {
        for slot in Slot::ALL {
            let (truth, found) = (truth.get(&slot), found.get(&slot));
            let right = matches!((truth, found), (Some(truth), Some(found)) if plain(truth) == plain(found));
            let pair = self.slots.entry(slot).or_default();
            pair.right += usize::from(right);
            pair.found += usize::from(found.is_some());
            pair.there += usize::from(truth.is_some());
            if !right && (truth.is_some() || found.is_some()) {
                let (truth, found) = (truth.map_or("-", String::as_str), found.map_or("-", String::as_str));
                let _ = writeln!(self.mistakes, "{}: {truth} -> {found}: {text}", slot.as_str());
            }
        }
    }

    /// The figures.
    pub fn figures(mut self, provider: &str) -> Figures {
        self.times.sort_unstable();
        let at = |part: usize| {
            let nth = (self.times.len() * part / 100).min(self.times.len().saturating_sub(1));
            self.times.get(nth).map_or(0.0, |took| took.as_secs_f64() * 1e3)
        };
        let sum = self.slots.values().fold(Pair::default(), |sum, pair| Pair {
            right: sum.right + pair.right,
            found: sum.found + pair.found,
            there: sum.there + pair.there,
        });
        let all = self.intents.all();
        Figures {
            provider: provider.to_owned(),
            texts: self.times.len(),
            intent_accuracy: self.intents.accuracy(),
            intent_macro_f1: self.intents.macro_f1(),
            unsure: share(self.unsure, all),
            accuracy_when_sure: share(self.sure_and_right, all - self.unsure),
            category_texts: self.categories.all(),
            category_accuracy: self.categories.accuracy(),
            slot_precision: sum.precision(),
            slot_recall: sum.recall(),
            p50_ms: at(50),
            p99_ms: at(99),
            slots: self
                .slots
                .iter()
                .map(|(slot, pair)| {
                    (*slot, Precision { precision: pair.precision(), recall: pair.recall(), there: pair.there })
                })
                .collect(),
            intents: self.intents,
            categories: self.categories,
            mistakes: self.mistakes,
        }
    }
}

/// Measures somebody who needs no waiting.
pub fn measure(items: &[Item], provider: &str, read: impl Fn(&str) -> Understood) -> Figures {
    let mut counter = Counter::default();
    for item in items {
        let started = Instant::now();
        let understood = read(&item.text);
        counter.add(item, &understood, started.elapsed());
    }
    counter.figures(provider)
}

fn found(text: &str, entities: &Entities) -> BTreeMap<Slot, String> {
    let personal = personal::find(text);
    let there = |kind: Kind| personal.iter().any(|span| span.kind == kind).then(|| "1".to_owned());
    [
        (Slot::Alamat, entities.alamat.clone()),
        (Slot::Rt, entities.rt.clone()),
        (Slot::Rw, entities.rw.clone()),
        (Slot::Kelurahan, entities.kelurahan.clone()),
        (Slot::Kecamatan, entities.kecamatan.clone()),
        (Slot::Patokan, entities.patokan.clone()),
        (Slot::ComplaintId, entities.complaint_id.map(|number| number.to_string())),
        (Slot::Phone, there(Kind::Phone)),
        (Slot::Nik, there(Kind::Nik)),
    ]
    .into_iter()
    .filter_map(|(slot, value)| Some((slot, value?)))
    .collect()
}

/// Capitals and punctuation are no difference.
fn plain(value: &str) -> String {
    let words: Vec<String> =
        value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}
