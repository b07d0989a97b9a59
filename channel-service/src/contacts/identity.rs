//! A citizen changes their number, or WhatsApp gives them another user id.

use chrono::{DateTime, Duration, Utc};
use contracts::OfficeId;
use platform::Tx;

use super::resolve::{Wanted, canonical};
use super::store;
use crate::inbound::parse::IdentityChange;

/// A contact at the new number that is younger than the change by less than this is the same person, who wrote before
/// the notice came. An older one was somebody else, whose number was given away.
const WROTE_AHEAD: Duration = Duration::days(1);

/// Moves what can be moved, and says which ids are one citizen's now. `None`: nobody is known by any of them.
pub async fn change_ids(tx: &mut Tx, office: OfficeId, change: &IdentityChange) -> Result<Option<Wanted>, sqlx::Error> {
    let mut wanted = Wanted::of(office, &change.now);
    for (old, new) in &change.moves {
        let is_phone = contracts::WaUserId::parse(old).is_ok_and(|id| !id.is_bsuid());
        if is_phone {
            wanted.known.extend(move_number(tx, office, &canonical(old), &canonical(new), change.at).await?);
        } else if let Some(owner) = store::find(tx, office, old).await? {
            // User ids are never given to somebody else: the old one stays, for what still comes under it.
            wanted.known.push(owner);
        }
    }
    let mut known = !wanted.known.is_empty();
    for (_, value) in &wanted.aliases {
        known = known || store::find(tx, office, value).await?.is_some();
    }
    Ok(known.then_some(wanted))
}

/// The old number may be another citizen's tomorrow: it leads nowhere from now on.
async fn move_number(
    tx: &mut Tx,
    office: OfficeId,
    old: &str,
    new: &str,
    at: DateTime<Utc>,
) -> Result<Option<contracts::ContactId>, sqlx::Error> {
    let Some(owner) = store::find(tx, office, old).await? else { return Ok(None) };
    store::drop_alias(tx, office, old).await?;
    if let Some((there, since)) = store::find_with_age(tx, office, new).await?
        && there != owner
        && since < at - WROTE_AHEAD
    {
        store::drop_alias(tx, office, new).await?;
    }
    Ok(Some(owner))
}
