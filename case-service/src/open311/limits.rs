//! How many calls a key, or all callers without one, may make in a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use contracts::OfficeId;
use uuid::Uuid;

use super::render::{Failure, Format};
use crate::App;

/// Readers without a key share this, per office and instance.
const WITHOUT_KEY: i32 = 1_200;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    Key(Uuid),
    Anybody(OfficeId),
}

/// A bucket per caller that fills again with time. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Limits(Arc<Mutex<HashMap<Caller, Bucket>>>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Calls that may be made at once.
    left: f64,
    at: DateTime<Utc>,
}

impl Limits {
    /// Takes one call. `Err`: so many seconds until the next one.
    pub fn take(&self, caller: Caller, per_minute: i32, now: DateTime<Utc>) -> Result<(), i64> {
        let (most, per_second) = (f64::from(per_minute), f64::from(per_minute) / 60.0);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > 10_000 {
            // Whoever called nothing for two minutes has a full bucket anyway.
            buckets.retain(|_, bucket| now - bucket.at < Duration::minutes(2));
        }
        let bucket = buckets.entry(caller).or_insert(Bucket { left: most, at: now });
        let passed = (now - bucket.at).as_seconds_f64().max(0.0);
        *bucket = Bucket { left: (bucket.left + passed * per_second).min(most), at: now };
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.left) / per_second).ceil();
        #[expect(clippy::cast_possible_truncation, reason = "a minute at most")]
        let wait = wait as i64;
        Err(wait.max(1))
    }

    /// The same for callers without a key.
    pub fn take_without_key(&self, office: OfficeId, now: DateTime<Utc>) -> Result<(), i64> {
        self.take(Caller::Anybody(office), WITHOUT_KEY, now)
    }
}

/// Lets a caller without a key read, or says when they may again.
pub fn without_key(app: &App, office: OfficeId, format: Format) -> Result<(), Failure> {
    app.open311.take_without_key(office, app.ctx.clock.now()).map_err(|wait| too_many(format, wait))
}

/// Lets the holder of a key call, or says when they may again.
pub fn with_key(app: &App, key: Uuid, per_minute: i32, format: Format) -> Result<(), Failure> {
    app.open311.take(Caller::Key(key), per_minute, app.ctx.clock.now()).map_err(|wait| too_many(format, wait))
}

fn too_many(format: Format, wait: i64) -> Failure {
    let errors = vec![format!("too many calls: try again in {wait} seconds")];
    Failure { format, status: StatusCode::TOO_MANY_REQUESTS, errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_minute_and_waits_for_more() {
        let (limits, key, now) = (Limits::default(), Caller::Key(Uuid::nil()), DateTime::UNIX_EPOCH);
        for _ in 0..6 {
            assert_eq!(limits.take(key, 6, now), Ok(()));
        }
        assert_eq!(limits.take(key, 6, now), Err(10));
        assert_eq!(limits.take(Caller::Key(Uuid::max()), 6, now), Ok(()), "each key has its own");
        assert_eq!(limits.take(key, 6, now + Duration::seconds(10)), Ok(()));
        assert!(limits.take(key, 6, now + Duration::seconds(10)).is_err());
    }
}
