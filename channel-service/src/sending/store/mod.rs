//! SQL of sending.

mod claims;
mod numbers;
mod statuses;
mod sweep;
mod uploads;

pub use claims::{Carry, Next, bot_calls_under_way, carry, claim, heads, postpone, waiting};
pub use numbers::{Line, hold, lines, release};
pub use statuses::{Outcome, Tracked, failed, find_for_status, keep_wamid, settle, step, take_early, track};
pub use sweep::{Unsettled, resends, silent, stale_claims, undelivered};
pub use uploads::{forget_uploads, keep_upload, media_source, upload};
