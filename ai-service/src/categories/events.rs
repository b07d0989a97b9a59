//! `category.updated`: an office changed what it takes complaints about.

use async_trait::async_trait;
use contracts::events::office::CategoryUpdated;
use platform::bus::{Delivery, Handler, HandlerError};

use super::{OfficeCategory, store};
use crate::App;

/// Keeps the replica. A snapshot twice, or an old one late, changes nothing: the version decides.
#[derive(Debug, Clone)]
pub struct Updates(pub App);

#[async_trait]
impl Handler for Updates {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: CategoryUpdated = delivery.data()?;
        let mut tx = self.0.ctx.db.office(event.office_id).await?;
        let category = OfficeCategory {
            key: event.kategori,
            name: event.name,
            active: event.active,
            position: event.position,
            fields: event.fields,
            version: event.version,
        };
        store::keep(&mut tx, event.office_id, &category).await?;
        tx.commit().await?;
        Ok(())
    }
}
