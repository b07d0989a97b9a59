//! Two kinds of load: so many in flight, and so many per second whether answers come or not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use hdrhistogram::Histogram;
use tokio::time::Instant;

use crate::Options;

/// Latencies in microseconds.
pub type Latencies = Histogram<u64>;

/// Keeps so many in flight; gives how many ended well per second, without the warm-up.
pub async fn closed(options: &Options, work: impl AsyncFn() -> Result<()>) -> Result<f64> {
    let begin = Instant::now() + Duration::from_secs(options.warm_up);
    let end = begin + Duration::from_secs(options.seconds);
    let done = AtomicU64::new(0);
    let workers = (0..options.in_flight).map(|_| async {
        while Instant::now() < end {
            work().await?;
            if Instant::now() >= begin {
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
        anyhow::Ok(())
    });
    try_join_all(workers).await?;
    let count = u32::try_from(done.into_inner())?;
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

/// Begins so many per second, on time even when answers are late: a late answer counts from when it was due.
pub async fn open(options: &Options, per_second: f64, work: impl AsyncFn() -> Result<()>) -> Result<Latencies> {
    ensure!(per_second > 0.0, "a rate of {per_second} measures nothing");
    let step = Duration::from_secs_f64(1.0 / per_second);
    let start = Instant::now();
    let begin = start + Duration::from_secs(options.warm_up);
    let end = begin + Duration::from_secs(options.seconds);
    let latencies = Mutex::new(latencies()?);
    let mut under_way = FuturesUnordered::new();
    let mut due = start;
    while due < end {
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(due) => {
                // Tokio's timer has a grain of a millisecond: what is due by now goes out together.
                while due <= Instant::now() && due < end {
                    under_way.push(timed(&work, due, begin, &latencies));
                    due += step;
                }
            }
            Some(done) = under_way.next() => done?,
        }
    }
    while let Some(done) = under_way.next().await {
        done?;
    }
    drop(under_way);
    Ok(latencies.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn timed(
    work: &impl AsyncFn() -> Result<()>,
    due: Instant,
    begin: Instant,
    latencies: &Mutex<Latencies>,
) -> Result<()> {
    // The timer's own grain is not the service's fault.
    let begun = Instant::now();
    work().await?;
    if due >= begin {
        let late = begun.saturating_duration_since(due);
        let waited = begun.elapsed() + late.saturating_sub(Duration::from_millis(2));
        record(&mut latencies.lock().unwrap_or_else(PoisonError::into_inner), waited);
    }
    Ok(())
}

/// An empty histogram up to a minute.
pub fn latencies() -> Result<Latencies> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

pub fn record(latencies: &mut Latencies, waited: Duration) {
    latencies.saturating_record(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX));
}

/// A quantile in milliseconds.
pub fn milliseconds(latencies: &Latencies, quantile: f64) -> f64 {
    Duration::from_micros(latencies.value_at_quantile(quantile)).as_secs_f64() * 1000.0
}
