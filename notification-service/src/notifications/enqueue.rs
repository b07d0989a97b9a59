//! Making a notification, in the caller's transaction. Whoever calls wakes the worker after the commit.

use chrono::{DateTime, Utc};
use contracts::events::notification::NotificationFailed;
use contracts::{ContactId, NotificationId, OfficeId, TurnId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};

use super::{Status, store};
use crate::{App, citizens};

/// Notifications of these kinds are a citizen's right: an opt-out does not keep them back.
const ABOUT_THEIR_OWN: &str = "complaint_";

/// What is to be said to whom.
#[derive(Debug, Clone)]
pub struct New {
    pub id: NotificationId,
    pub contact: ContactId,
    pub kind: String,
    pub template: Option<String>,
    pub text: String,
    pub begin: Begin,
}

/// How it begins.
#[derive(Debug, Clone)]
pub enum Begin {
    /// To be said.
    Say,
    /// The end of this turn decides.
    AfterTurn(TurnId),
    /// Known already, from the turn that ended with an answer.
    KnownFromTurn(TurnId),
    /// There is no text to say, and why.
    Unsayable(String),
}

/// Stores it and returns its status. Nothing happens if the id is known.
pub async fn enqueue(app: &App, tx: &mut Tx, office: OfficeId, new: New, cause: &Cause) -> Result<Status, AppendError> {
    let now: DateTime<Utc> = app.ctx.clock.now();
    let contact = citizens::store::present_id(tx, office, new.contact).await?;
    let unwanted = !new.kind.starts_with(ABOUT_THEIR_OWN) && citizens::store::opted_out(tx, office, contact).await?;
    let (status, turn, reason) = match &new.begin {
        Begin::Unsayable(why) => (Status::Failed, None, Some(why.as_str())),
        _ if unwanted => (Status::Silent, None, Some("the citizen opted out")),
        Begin::Say => (Status::Pending, None, None),
        Begin::AfterTurn(turn) => (Status::WaitingForTurn, Some(*turn), None),
        Begin::KnownFromTurn(turn) => (Status::Silent, Some(*turn), Some("told in the conversation")),
    };
    let stored = store::insert(tx, office, &new, contact, status, turn, reason, now).await?;
    if stored {
        app.metrics.created.with_label_values(&[status.as_str()]).inc();
        if status == Status::Failed {
            let reason = reason.unwrap_or_default().to_owned();
            let event = NotificationFailed { notification_id: new.id, contact_id: contact, kind: new.kind, reason };
            outbox::append(&app.ctx, tx, office, &event, cause).await?;
        }
    }
    Ok(status)
}
