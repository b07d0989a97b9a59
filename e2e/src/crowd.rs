//! Many citizens who write at the same time, and what must come of it: one reply each, none lost, none doubled.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::{Phone, World};

/// What half of them write; the other half greets.
const COMPLAINT: &str = "lapor lampu jalan mati di Jl. Kenanga No. 8 RT 01 RW 03 Kelurahan Sukamaju, gelap sekali";
const GREETING: &str = "Selamat pagi";
/// The beginning of what a citizen reads when no answer was found in time.
const HOLDING: &str = "Mohon maaf, jawabannya butuh waktu";

/// So many phones that nobody used before.
pub fn phones(world: &World, name: u32, count: u32) -> Vec<Phone<'_>> {
    (0..count).map(|number| Phone::new(world, format!("62857{name:03}{number:05}"))).collect()
}

/// Every phone writes once, evenly over this time.
pub async fn write(phones: &[Phone<'_>], over: Duration) -> Result<()> {
    let count = u32::try_from(phones.len().max(1))?;
    let mut pace = tokio::time::interval(over / count);
    for (number, phone) in phones.iter().enumerate() {
        pace.tick().await;
        phone.say(if number % 2 == 0 { COMPLAINT } else { GREETING }).await?;
    }
    Ok(())
}

/// What a crowd got.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    pub citizens: usize,
    /// Replies that only asked for patience.
    pub holding: usize,
}

/// Waits until every phone has its reply and nothing is under way any more; then counts.
pub async fn each_has_one_reply(world: &World, phones: &[Phone<'_>], patience: Duration) -> Result<Tally> {
    let mut missing: BTreeSet<usize> = (0..phones.len()).collect();
    let deadline = tokio::time::Instant::now() + patience;
    while !missing.is_empty() && tokio::time::Instant::now() < deadline {
        for index in missing.clone() {
            if !phones[index].replies().await?.is_empty() {
                missing.remove(&index);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let silent: Vec<&str> = missing.iter().take(10).map(|index| phones[*index].wa_id.as_str()).collect();
    ensure!(
        missing.is_empty(),
        "{} of {} citizens have no reply after {patience:?}: {silent:?} …",
        missing.len(),
        phones.len()
    );
    world.is_quiet(patience).await?;
    let mut tally = Tally { citizens: phones.len(), holding: 0 };
    for phone in phones {
        let replies = phone.replies().await?;
        let texts: Vec<&str> = replies.iter().map(|reply| reply.text.as_str()).collect();
        ensure!(replies.len() == 1, "{} has {} replies to one message: {texts:?}", phone.wa_id, replies.len());
        tally.holding += usize::from(texts[0].starts_with(HOLDING));
    }
    Ok(tally)
}
