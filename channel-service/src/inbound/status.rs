//! One status report: it moves a message forward, or waits for its send's answer.

use chrono::{DateTime, Utc};
use contracts::events::conversation::{SendError, StatusChanged};
use contracts::message::MessageStatus;
use platform::Tx;
use platform::bus::Delivery;
use platform::outbox::{self, AppendError, Cause};
use serde_json::Value;

use super::ItemError;
use super::parse::StatusReport;
use super::store;
use crate::App;
use crate::conversations::store as conversations;
use crate::numbers::Number;
use crate::sending::store as sending;

/// Takes one report in.
pub async fn take(
    app: &App,
    tx: &mut Tx,
    number: &Number,
    report: &StatusReport,
    delivery: &Delivery,
) -> Result<(), ItemError> {
    let now = app.ctx.clock.now();
    sending::note_status_traffic(tx, number.office, &number.phone_number_id.0, now).await?;
    let callback = report.callback.as_deref().and_then(|id| id.parse().ok());
    // The one order of locks: conversation, then message.
    if let Some(conversation) = sending::conversation_for_status(tx, number.office, &report.wamid, callback).await? {
        conversations::lock(tx, number.office, conversation).await?;
    }
    match sending::find_for_status(tx, number.office, &report.wamid, callback).await? {
        Some(message) => {
            let report = Report { status: report.status, wamid: &report.wamid, errors: &report.errors, at: report.at };
            Ok(apply(app, tx, &message, &report, &delivery.cause()).await?)
        }
        None => Ok(store::keep_early(tx, number.office, report).await?),
    }
}

/// What WhatsApp says of one message.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    pub status: MessageStatus,
    pub wamid: &'a str,
    pub errors: &'a Value,
    pub at: DateTime<Utc>,
}

/// Moves a message, if this leads forward.
pub async fn apply(
    app: &App,
    tx: &mut Tx,
    message: &sending::Tracked,
    report: &Report<'_>,
    cause: &Cause,
) -> Result<(), AppendError> {
    if !message.status.may_become(report.status) {
        return Ok(());
    }
    let failed = report.status == MessageStatus::Failed;
    let outcome = sending::Outcome {
        wamid: Some(report.wamid),
        error: failed.then_some(report.errors),
        ..sending::Outcome::of(report.status)
    };
    sending::set_status(tx, message.office, message.id, &outcome).await?;
    let seq = conversations::next_change(tx, message.office, message.conversation_id).await?;
    conversations::note_change(tx, message.office, message.conversation_id, seq, Some(message.id)).await?;
    let event = StatusChanged {
        message_id: message.id,
        conversation_id: message.conversation_id,
        wamid: Some(report.wamid.to_owned()),
        status: report.status,
        errors: if failed { send_errors(report.errors) } else { Vec::new() },
        at: report.at,
    };
    outbox::append(&app.ctx, tx, message.office, &event, cause).await?;
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
            details: error
                .pointer("/error_data/details")
                .or_else(|| error.get("details"))
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
        .collect()
}
