//! A person wants another try of a message that failed: a new attempt under the same message, where it can help.

use contracts::message::{Author, MessageStatus};
use contracts::{MessageId, OfficeId};
use platform::Tx;
use platform::http::Problem;
use platform::outbox::Cause;

use super::errors::meaning;
use super::progress::{News, tell};
use super::step::Step;
use super::store::{self, Outcome};
use crate::App;
use crate::conversations::store as conversations;
use crate::conversations::window_is_open;

/// Puts a failed message back in line, or says why that would be of no use.
pub async fn retry(app: &App, tx: &mut Tx, office: OfficeId, id: MessageId) -> Result<(), Problem> {
    let unknown = || Problem::not_found("this office sent no such message");
    let failed = store::failed(tx, office, id).await?.ok_or_else(unknown)?;
    let locked = conversations::lock(tx, office, failed.conversation_id).await?.ok_or_else(unknown)?;
    // Seen again under the lock.
    let failed = store::failed(tx, office, id).await?.ok_or_else(unknown)?;
    if failed.status != MessageStatus::Failed {
        let detail = format!("only a failed message is tried again; this one is {}", failed.status.as_str());
        return Err(Problem::conflict(detail).kind("not-failed"));
    }
    if let Some(carrier) = failed.carried_by {
        let detail = format!("its words went out within another message: try that one again ({carrier})");
        return Err(Problem::conflict(detail).kind("carried"));
    }
    if failed.author == Author::Bot && (failed.epoch != locked.epoch || locked.status == "human") {
        let detail = "a person has had the conversation since the assistant wrote this: write it anew";
        return Err(Problem::conflict(detail).kind("overtaken"));
    }
    let now = app.ctx.clock.now();
    if failed.kind != "template" && !window_is_open(locked.last_inbound_at, now) {
        let detail = "the citizen has not written for 24 hours: WhatsApp takes only a template now";
        return Err(Problem::conflict(detail).kind("window-closed"));
    }
    if let Some(meaning) = failed.code.map(|code| meaning(code, failed.subcode)).filter(|meaning| !meaning.revivable) {
        let detail = format!("the same message would be refused again: {}", meaning.explanation);
        return Err(Problem::conflict(detail).kind("not-revivable"));
    }
    let moved = store::step(tx, office, id, Step::Revived, &Outcome::at(now)).await?;
    let news = News { status: Step::Revived.to(), wamid: None, error: None, at: now };
    tell(app, tx, office, locked.id, &moved, &news, &Cause::none()).await?;
    app.metrics.sends.with_label_values(&["revived"]).inc();
    Ok(())
}
