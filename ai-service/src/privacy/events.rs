//! `staff.added`: a name to keep from outside models.

use async_trait::async_trait;
use contracts::events::office::StaffAdded;
use platform::bus::{Delivery, Handler, HandlerError};

use super::store;
use crate::App;

/// Remembers the staff's names. A repeated delivery changes nothing.
#[derive(Debug, Clone)]
pub struct Staff(pub App);

#[async_trait]
impl Handler for Staff {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: StaffAdded = delivery.data()?;
        let office = delivery.office()?;
        let mut tx = self.0.ctx.db.office(office).await?;
        store::remember(&mut tx, office, None, &event.name).await?;
        tx.commit().await?;
        Ok(())
    }
}
