//! An office's week and closed days come with its snapshot: when they change, open complaints are counted again.

use async_trait::async_trait;
use contracts::events::office::OfficeUpdated;
use platform::bus::{Delivery, Handler, HandlerError};
use platform::offices;

use crate::App;
use crate::clock;

/// `office.updated` → the replica, and a new count.
#[derive(Debug, Clone)]
pub struct Offices(pub App);

#[async_trait]
impl Handler for Offices {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let App { ctx, .. } = &self.0;
        let event: OfficeUpdated = delivery.data()?;
        let office = event.office.office_id;
        let mut tx = ctx.db.office(office).await?;
        if offices::keep(&mut tx, &event.office).await? {
            clock::store::recount(&mut tx, office, ctx.clock.now()).await?;
        }
        tx.commit().await?;
        ctx.offices.forget();
        Ok(())
    }
}
