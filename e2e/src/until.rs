//! Waiting on a state, not on time.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

/// How long a state may take to come while everything runs, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Asks until there is an answer.
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(PATIENCE, what, ask).await
}

/// Asks until there is an answer, this long; what went wrong last stands in the error.
pub async fn within<T>(patience: Duration, what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + patience;
    let mut last = String::new();
    while Instant::now() < deadline {
        match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => last.clear(),
            Err(error) => last = format!(" (last: {error:#})"),
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    bail!("waited {patience:?} in vain until {what}{last}")
}
