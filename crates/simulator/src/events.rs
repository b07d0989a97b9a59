//! What the page sees live: every message, status, webhook attempt and Graph call, as one JSON object each.
//!
//! Emitted from everywhere, read by `GET /sim/events` (server-sent events) and `GET /sim/trace` (the last few hundred).
//! An event holds no token and no secret.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::clock::Clock;

const KEPT: usize = 400;

#[derive(Debug)]
pub struct Events {
    clock: Clock,
    next: AtomicU64,
    live: broadcast::Sender<Arc<str>>,
    kept: Mutex<VecDeque<Arc<str>>>,
}

impl Events {
    pub fn new(clock: Clock) -> Self {
        Self { clock, next: AtomicU64::new(1), live: broadcast::channel(1024).0, kept: Mutex::default() }
    }

    pub fn emit(&self, kind: &str, data: &Value) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let event = json!({"n": number, "kind": kind, "at_ms": self.clock.now_ms(), "data": data});
        let line: Arc<str> = event.to_string().into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(line.clone());
        drop(kept);
        // No reader is no error.
        drop(self.live.send(line));
    }

    /// Whether a page is open; the trace asks the services only then.
    pub fn watched(&self) -> bool {
        self.live.receiver_count() > 0
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.live.subscribe()
    }

    pub fn recent(&self) -> Vec<Arc<str>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
