//! Bodies that WhatsApp would never send: real ones with parts replaced, doubled, moved, renamed and cut.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// Makes bodies from others.
#[derive(Debug)]
pub struct Mutator {
    seeds: Vec<Value>,
    rng: StdRng,
}

impl Mutator {
    /// `seeds` are the bodies to begin with; those that are no JSON serve as texts.
    pub fn new(seeds: &[Vec<u8>], rng: StdRng) -> Self {
        let seeds = seeds
            .iter()
            .map(|seed| {
                serde_json::from_slice(seed)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(seed).into_owned()))
            })
            .collect();
        Self { seeds, rng }
    }

    /// The next body.
    pub fn body(&mut self) -> Vec<u8> {
        let mut body = self.seed();
        for _ in 0..self.rng.random_range(1..12) {
            self.change(&mut body);
        }
        let mut bytes = body.to_string().into_bytes();
        if self.rng.random_bool(0.2) {
            self.scratch(&mut bytes);
        }
        bytes
    }

    fn seed(&mut self) -> Value {
        let n = self.rng.random_range(0..self.seeds.len());
        self.seeds[n].clone()
    }

    /// Changes one value somewhere in it: down a random way, and stop somewhere.
    fn change(&mut self, at: &mut Value) {
        if self.rng.random_bool(0.15) {
            return self.twist(at);
        }
        match at {
            Value::Array(items) if !items.is_empty() => {
                let n = self.rng.random_range(0..items.len());
                self.change(&mut items[n]);
            }
            Value::Object(map) if !map.is_empty() => {
                let n = self.rng.random_range(0..map.len());
                if let Some((_, value)) = map.iter_mut().nth(n) {
                    self.change(value);
                }
            }
            leaf => self.twist(leaf),
        }
    }

    /// Makes something else of a value.
    fn twist(&mut self, at: &mut Value) {
        match self.rng.random_range(0..8) {
            0..3 => *at = self.odd(),
            3 => *at = Value::Array(vec![at.take()]),
            4 => *at = json!({"id": at.clone(), "type": at.take()}),
            5 => {
                let other = self.seed();
                *at = self.part(other);
            }
            6 => match at {
                Value::Array(items) if !items.is_empty() => {
                    let n = self.rng.random_range(0..items.len());
                    let again = items[n].clone();
                    let times = self.rng.random_range(1..20);
                    items.extend(std::iter::repeat_n(again, times));
                }
                Value::Object(map) => self.rename(map),
                other => *other = Value::Null,
            },
            _ => match at {
                Value::Array(items) => items.clear(),
                Value::Object(map) => self.rename(map),
                Value::String(text) => {
                    let keep = self.rng.random_range(0..=text.chars().count());
                    *text = text.chars().take(keep).collect();
                }
                other => *other = self.odd(),
            },
        }
    }

    /// Loses a key, or calls it something else.
    fn rename(&mut self, map: &mut Map<String, Value>) {
        const WORDS: [&str; 14] = [
            "messages",
            "statuses",
            "contacts",
            "type",
            "id",
            "from",
            "history",
            "message_echoes",
            "errors",
            "system",
            "edit",
            "interactive",
            "metadata",
            "timestamp",
        ];
        let Some(key) = map.keys().nth(self.rng.random_range(0..map.len().max(1))).cloned() else { return };
        if let Some(value) = map.remove(&key)
            && self.rng.random_bool(0.6)
        {
            map.insert(WORDS[self.rng.random_range(0..WORDS.len())].to_owned(), value);
        }
    }

    /// A random part of a body.
    fn part(&mut self, mut value: Value) -> Value {
        for _ in 0..self.rng.random_range(0..8) {
            value = match value {
                Value::Array(items) if !items.is_empty() => {
                    let n = self.rng.random_range(0..items.len());
                    items.into_iter().nth(n).unwrap_or_default()
                }
                Value::Object(map) if !map.is_empty() => {
                    let n = self.rng.random_range(0..map.len());
                    map.into_iter().nth(n).map(|(_, value)| value).unwrap_or_default()
                }
                other => return other,
            };
        }
        value
    }

    /// A value where nobody expects it.
    fn odd(&mut self) -> Value {
        match self.rng.random_range(0..16) {
            0 => Value::Null,
            1 => json!(""),
            2 => json!(0),
            3 => json!(-1),
            4 => json!(u64::MAX),
            5 => json!(1e308),
            6 => json!(true),
            7 => json!([]),
            8 => json!({}),
            9 => json!("\u{0}\u{202e}\u{fffd}🙏\u{10ffff}"),
            10 => json!("x".repeat(self.rng.random_range(1..6_000))),
            11 => json!("99999999999999999999"),
            12 => json!("ID.1"),
            13 => json!("text"),
            14 => json!("628123456789"),
            _ => json!([null, {"id": null}, "system"]),
        }
    }

    /// Breaks the text itself.
    fn scratch(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.rng.random_range(1..6) {
            if bytes.is_empty() {
                return;
            }
            let at = self.rng.random_range(0..bytes.len());
            match self.rng.random_range(0..5) {
                0 => bytes[at] = self.rng.random(),
                1 => bytes.truncate(at),
                2 => {
                    bytes.splice(at..at, *b"\\ud83d");
                }
                3 => {
                    let end = (at + self.rng.random_range(1..50)).min(bytes.len());
                    bytes.drain(at..end);
                }
                _ => {
                    let end = (at + self.rng.random_range(1..200)).min(bytes.len());
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
            }
        }
    }
}
