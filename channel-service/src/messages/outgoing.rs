//! Putting a message into the conversation's order and the sender's hands, in the caller's transaction.

use chrono::{DateTime, Utc};
use contracts::events::conversation::MessageStored;
use contracts::message::{Author, Direction, Location, MediaRef, MessageMarks, MessageStatus, MessageView, Reply};
use contracts::{MessageId, OfficeId, TurnId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};
use serde_json::Value;

use super::body::{self, GraphMessage};
use super::store;
use crate::App;
use crate::conversations::store::{self as conversations, Locked};

/// A message to put in. After the commit call `app.outgoing.notify_one()`.
#[derive(Debug)]
pub struct Outgoing {
    pub author: Author,
    pub message: GraphMessage,
    pub turn: Option<TurnId>,
    /// Not before then; those behind it need not wait.
    pub not_before: Option<DateTime<Utc>>,
    /// WhatsApp drops it if it can't be delivered within so many seconds.
    pub ttl_seconds: Option<i32>,
    /// The file of ours that it names, for screens.
    pub media: Option<MediaRef>,
}

impl Outgoing {
    /// The assistant's, or the system's in its place.
    pub fn reply(reply: &Reply, turn: TurnId) -> Self {
        Self {
            author: Author::Bot,
            message: body::of_reply(reply),
            turn: Some(turn),
            not_before: None,
            ttl_seconds: None,
            media: None,
        }
    }

    /// A caller's.
    pub fn call(
        author: Author,
        kind: &str,
        rest: &serde_json::Map<String, Value>,
    ) -> Result<Self, Vec<(String, String)>> {
        let message = body::of_call(kind, rest)?;
        Ok(Self { author, message, turn: None, not_before: None, ttl_seconds: None, media: None })
    }
}

/// Stores it as queued, under the conversation's lock and present epoch.
pub async fn put(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    conversation: &Locked,
    outgoing: Outgoing,
    cause: &Cause,
) -> Result<MessageId, AppendError> {
    let now = app.ctx.clock.now();
    let seq = conversations::next_outbound(tx, office, conversation.id, now).await?;
    let id = MessageId::new();
    let view = MessageView {
        id,
        wamid: None,
        conversation_id: conversation.id,
        contact_id: conversation.contact_id,
        wa_user_id: None,
        seq,
        direction: Direction::Outbound,
        author: outgoing.author,
        kind: outgoing.message.kind.clone(),
        text: outgoing.message.text.clone(),
        media: outgoing.media,
        location: location(&outgoing.message.fields),
        status: MessageStatus::Queued,
        error: None,
        sent_at: now,
        marks: MessageMarks { reply_to: quoted(&outgoing.message.fields), ..MessageMarks::default() },
    };
    let row = store::OutgoingRow {
        view: &view,
        number: &conversation.phone_number_id,
        fields: &outgoing.message.fields,
        turn: outgoing.turn,
        epoch: conversation.epoch,
        next_attempt_at: outgoing.not_before.unwrap_or(now),
        may_be_overtaken: outgoing.not_before.is_some(),
        ttl_seconds: outgoing.ttl_seconds,
    };
    store::insert_outgoing(tx, office, &row).await?;
    conversations::note_change(tx, office, conversation.id, seq, Some(id)).await?;
    let event = MessageStored { conversation_id: conversation.id, seq, message: view };
    outbox::append(&app.ctx, tx, office, &event, cause).await?;
    Ok(id)
}

/// The pin of a location message, for screens.
fn location(fields: &Value) -> Option<Location> {
    let of = fields.get("location")?;
    let degrees = |key: &str| of.get(key).and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
    let word = |key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Location {
        latitude: degrees("latitude")?,
        longitude: degrees("longitude")?,
        name: word("name"),
        address: word("address"),
    })
}

/// The wamid of the message that it answers.
fn quoted(fields: &Value) -> Option<String> {
    fields.pointer("/context/message_id").and_then(Value::as_str).map(str::to_owned)
}
