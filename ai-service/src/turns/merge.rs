//! `contact.merged`: two contacts turned out to be one person.

use async_trait::async_trait;
use contracts::events::contact::ContactMerged;
use platform::bus::{Delivery, Handler, HandlerError};
use platform::inbox;

use super::store;
use crate::{App, privacy};

/// Puts dialogues and turns of one contact under another.
#[derive(Debug, Clone)]
pub struct Merges(pub App);

#[async_trait]
impl Handler for Merges {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: ContactMerged = delivery.data()?;
        let office = delivery.office()?;
        let mut tx = self.0.ctx.db.office(office).await?;
        if event.from != event.into
            && inbox::first_time(&mut tx, Some(office), "merges", delivery.attributes.id).await?
        {
            store::merge(&mut tx, office, event.from, event.into).await?;
            privacy::store::merge(&mut tx, office, event.from, event.into).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
