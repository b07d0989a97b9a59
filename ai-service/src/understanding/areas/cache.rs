//! The indexes of the offices that wrote lately, so that a turn costs no query.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::OfficeId;
use platform::Context;

use super::{Area, Index, store};

/// Other instances learn of a new table after this long.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// An office's index and when it was read.
type Read = (DateTime<Utc>, Arc<Index>);

/// The indexes, shared by all handlers.
#[derive(Debug, Clone, Default)]
pub struct Areas(Arc<RwLock<HashMap<OfficeId, Read>>>);

impl Areas {
    /// The office's index, at most a minute old.
    pub async fn of(&self, ctx: &Context, office: OfficeId) -> Result<Arc<Index>, sqlx::Error> {
        let now = ctx.clock.now();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&office).cloned();
        if let Some((_, index)) = known.filter(|(read_at, _)| (now - *read_at).abs() < FRESH) {
            return Ok(index);
        }
        let mut tx = ctx.db.office(office).await?;
        let areas = store::areas(&mut tx, office).await?;
        tx.commit().await?;
        let areas: Vec<Area> = areas.and_then(|areas| serde_json::from_value(areas).ok()).unwrap_or_default();
        let index = Arc::new(Index::new(areas));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(office, (now, index.clone()));
        Ok(index)
    }

    /// Reads an office's areas anew at the next turn.
    pub fn forget(&self, office: OfficeId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&office);
    }
}
