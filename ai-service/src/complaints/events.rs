//! `complaint.status_changed`: officers ask a citizen something, or have stopped waiting for the answer.

use async_trait::async_trait;
use contracts::events::complaint::ComplaintStatusChanged;
use platform::bus::{Delivery, Handler, HandlerError};

use super::store;
use crate::App;

/// Keeps the open questions. The same event twice changes nothing: the version decides.
#[derive(Debug, Clone)]
pub struct StatusChanges(pub App);

#[async_trait]
impl Handler for StatusChanges {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: ComplaintStatusChanged = delivery.data()?;
        let office = delivery.office()?;
        let mut tx = self.0.ctx.db.office(office).await?;
        store::note(&mut tx, office, &event, delivery.attributes.time).await?;
        tx.commit().await?;
        Ok(())
    }
}
