//! What became of messages. Most are not ours: the assistant's replies have statuses too, and cost one look.
//!
//! A report may come before we have stored the id of the message that it is about: then it waits in `early_statuses`,
//! under a lock of the message, until the delivery worker stores the id. Reports only lead forward, so that handling
//! one twice changes nothing.

pub mod store;

use contracts::OfficeId;
use contracts::events::conversation::StatusChanged;
use contracts::events::notification::{NotificationDelivered, NotificationFailed};
use platform::Tx;
use platform::bus::{Delivery, Handler, HandlerError};
use platform::outbox::{self, AppendError, Cause};

use crate::App;
use crate::notifications::Status;
use crate::notifications::store::{self as notifications, Standing};

/// Hears `whatsapp.status.changed`.
#[derive(Debug, Clone)]
pub struct Statuses(pub App);

#[async_trait::async_trait]
impl Handler for Statuses {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: StatusChanged = delivery.data()?;
        let Some(next) = Status::reported(event.status) else { return Ok(()) };
        let office = delivery.office()?;
        let app = &self.0;
        let reason = (next == Status::Failed).then(|| why(&event));
        let mut tx = app.ctx.db.office(office).await?;
        store::lock_message(&mut tx, event.message_id).await?;
        match notifications::lock_by_message(&mut tx, office, event.message_id).await? {
            Some(standing) => {
                advance(app, &mut tx, office, &standing, next, reason.as_deref(), &delivery.cause()).await?;
            }
            None if store::something_is_under_way(&mut tx, office).await? => {
                store::keep_early(&mut tx, office, event.message_id, next, reason.as_deref(), event.at).await?;
            }
            None => {}
        }
        tx.commit().await?;
        app.ctx.outbox.wake();
        Ok(())
    }
}

fn why(event: &StatusChanged) -> String {
    let words = |error: &contracts::events::conversation::SendError| match &error.details {
        Some(details) => format!("{} {}: {details}", error.code, error.title),
        None => format!("{} {}", error.code, error.title),
    };
    match event.errors.first() {
        Some(error) => words(error),
        None => event.status.as_str().to_owned(),
    }
}

/// Moves a locked notification forward, if the report leads there, and tells when it arrived or failed.
pub async fn advance(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    standing: &Standing,
    next: Status,
    reason: Option<&str>,
    cause: &Cause,
) -> Result<(), AppendError> {
    if !standing.status.may_become(next) {
        return Ok(());
    }
    let reason = reason.or((next == Status::Failed).then_some("failed"));
    notifications::set_status(tx, office, standing.id, next, reason, app.ctx.clock.now()).await?;
    app.metrics.reported.with_label_values(&[next.as_str()]).inc();
    let (notification_id, contact_id, kind) = (standing.id, standing.contact, standing.kind.clone());
    if next == Status::Failed {
        let reason = reason.unwrap_or_default().to_owned();
        outbox::append(&app.ctx, tx, office, &NotificationFailed { notification_id, contact_id, kind, reason }, cause)
            .await?;
    } else if next.has_arrived() && !standing.status.has_arrived() {
        outbox::append(&app.ctx, tx, office, &NotificationDelivered { notification_id, contact_id, kind }, cause)
            .await?;
    }
    Ok(())
}
