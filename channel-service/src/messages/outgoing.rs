//! Putting a message into the conversation's order and the sender's hands, in the caller's transaction.

use contracts::events::conversation::MessageStored;
use contracts::message::{Author, Direction, MessageStatus, MessageView, Reply};
use contracts::{MessageId, OfficeId, TurnId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};

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
}

impl Outgoing {
    /// The assistant's, or the system's in its place.
    pub fn reply(reply: &Reply, turn: TurnId) -> Self {
        Self { author: Author::Bot, message: body::of_reply(reply), turn: Some(turn) }
    }

    /// A caller's.
    pub fn call(
        author: Author,
        kind: &str,
        rest: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, Vec<(String, String)>> {
        Ok(Self { author, message: body::of_call(kind, rest)?, turn: None })
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
        kind: outgoing.message.kind,
        text: outgoing.message.text,
        media: None,
        location: None,
        status: MessageStatus::Queued,
        error: None,
        sent_at: now,
    };
    store::insert_outgoing(tx, office, &view, &outgoing.message.fields, outgoing.turn, conversation.epoch, now).await?;
    conversations::note_change(tx, office, conversation.id, seq, Some(id)).await?;
    let event = MessageStored { conversation_id: conversation.id, seq, message: view };
    outbox::append(&app.ctx, tx, office, &event, cause).await?;
    Ok(id)
}
