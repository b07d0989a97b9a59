//! What one instance remembers while it sends: who it is, and the buckets of the numbers whose lease it holds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::pace::Rate;

/// One instance's desk.
#[derive(Debug)]
pub struct Desk {
    pub me: Uuid,
    full_at: Mutex<HashMap<String, DateTime<Utc>>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { me: Uuid::now_v7(), full_at: Mutex::default() }
    }
}

impl Desk {
    /// Takes a token of the number, or says when there will be one.
    pub fn take(&self, number: &str, rate: Rate, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = rate.take(buckets.get(number).copied(), now)?;
        buckets.insert(number.to_owned(), full_at);
        Ok(())
    }

    /// When there is a token; `None`: there is one.
    pub fn next(&self, number: &str, rate: Rate, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        rate.take(buckets.get(number).copied(), now).err()
    }

    /// No token before then: WhatsApp counts otherwise than we do, or another instance sent until now.
    pub fn pause(&self, number: &str, rate: Rate, until: DateTime<Utc>) {
        let empty = rate.empty_until(until);
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.entry(number.to_owned()).or_insert(empty);
        *full_at = empty.max(*full_at);
    }
}
