//! `notification.requested`: another service asks that a citizen be told something.

use contracts::OfficeId;
use contracts::events::notification::NotificationRequested;
use platform::Tx;
use platform::bus::{Delivery, Handler, HandlerError};

use crate::App;
use crate::notifications::enqueue::{Begin, New, enqueue};
use crate::notifications::is_short_word;
use crate::templates::{self, render};

/// Hears `notification.requested`. The notification's id makes it idempotent.
#[derive(Debug, Clone)]
pub struct Requests(pub App);

#[async_trait::async_trait]
impl Handler for Requests {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: NotificationRequested = delivery.data()?;
        let office = delivery.office()?;
        if !is_short_word(&event.kind) {
            return Err(HandlerError::Reject(anyhow::anyhow!("the kind \"{}\" is no short word", event.kind)));
        }
        let app = &self.0;
        let mut tx = app.ctx.db.office(office).await?;
        // A text that can't be said is a failed notification that staff see, not a message in a queue.
        let (text, begin) = match text(&mut tx, office, &event).await? {
            Ok(text) => (text, Begin::Say),
            Err(why) => (String::new(), Begin::Unsayable(why)),
        };
        let new = New {
            id: event.notification_id,
            contact: event.contact_id,
            kind: event.kind,
            template: event.template,
            text,
            begin,
        };
        enqueue(app, &mut tx, office, new, &delivery.cause()).await?;
        tx.commit().await?;
        app.wake();
        Ok(())
    }
}

async fn text(
    tx: &mut Tx,
    office: OfficeId,
    event: &NotificationRequested,
) -> Result<Result<String, String>, sqlx::Error> {
    Ok(match (&event.text, &event.template) {
        (Some(text), _) => render::check(text.trim()).map_err(|why| why.to_string()),
        (None, Some(name)) => match templates::find(tx, office, name).await? {
            Some(template) => render::render(&template.text, &event.variables).map_err(|why| why.to_string()),
            None => Err(format!("there is no template \"{name}\"")),
        },
        (None, None) => Err("neither a text nor a template was given".to_owned()),
    })
}
