//! Telling of a message's progress, and what WhatsApp's reports make of it.

use chrono::{DateTime, Utc};
use contracts::events::conversation::{SendError, StatusChanged};
use contracts::message::MessageStatus;
use contracts::{ConversationId, MessageId, OfficeId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};
use serde_json::Value;

use super::store::{self, Tracked};
use crate::App;
use crate::conversations::store as conversations;

/// What WhatsApp says of one message.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    pub status: MessageStatus,
    pub wamid: &'a str,
    pub errors: &'a Value,
    pub at: DateTime<Utc>,
}

/// Moves a message, and what went out within it, if this leads forward. The caller holds the conversation's lock.
pub async fn report(
    app: &App,
    tx: &mut Tx,
    message: &Tracked,
    report: &Report<'_>,
    cause: &Cause,
) -> Result<(), AppendError> {
    // Of an attempt that was given up only its arrival is news.
    let stale = message.former && matches!(report.status, MessageStatus::Sent | MessageStatus::Failed);
    if stale || !message.status.may_become(report.status) {
        return Ok(());
    }
    let error = (report.status == MessageStatus::Failed).then_some(report.errors);
    let moved = store::track(tx, message.office, message.id, report.status, report.wamid, error).await?;
    let news = News { status: report.status, wamid: Some(report.wamid), error, at: report.at };
    tell(app, tx, message.office, message.conversation_id, &moved, &news, cause).await
}

/// What is told of messages.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    pub status: MessageStatus,
    pub wamid: Option<&'a str>,
    pub error: Option<&'a Value>,
    pub at: DateTime<Utc>,
}

/// Tells screens and services where these messages stand now.
pub async fn tell(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: ConversationId,
    messages: &[MessageId],
    news: &News<'_>,
    cause: &Cause,
) -> Result<(), AppendError> {
    for (n, id) in messages.iter().enumerate() {
        let seq = conversations::next_change(tx, office, conversation).await?;
        conversations::note_change(tx, office, conversation, seq, Some(*id)).await?;
        let event = StatusChanged {
            message_id: *id,
            conversation_id: conversation,
            // The others went out within the first and have no name of their own.
            wamid: news.wamid.filter(|_| n == 0).map(str::to_owned),
            status: news.status,
            errors: news.error.map(send_errors).unwrap_or_default(),
            at: news.at,
        };
        outbox::append(&app.ctx, tx, office, &event, cause).await?;
    }
    Ok(())
}

/// The errors of a report, as far as they can be read.
pub fn send_errors(errors: &Value) -> Vec<SendError> {
    let items = errors.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|error| SendError {
            code: error.get("code").and_then(Value::as_i64).unwrap_or(0),
            title: error
                .get("title")
                .or_else(|| error.get("message"))
                .and_then(Value::as_str)
                .unwrap_or("unknown error")
                .to_owned(),
            details: details(error).map(str::to_owned),
        })
        .collect()
}

/// What an error says in particular; `error_data` may be a bare string.
pub fn details(error: &Value) -> Option<&str> {
    ["/error_data/details", "/error_data", "/details"].iter().find_map(|pointer| error.pointer(pointer)?.as_str())
}
