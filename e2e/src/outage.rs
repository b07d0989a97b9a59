//! How long a server stays away.

use std::time::Duration;

/// `E2E_OUTAGE_SECONDS`, or 30.
pub fn length() -> Duration {
    let seconds = std::env::var("E2E_OUTAGE_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(30))
}
