//! What happens to a message after it was written: edits, deletions, reactions, files that come late.

use contracts::events::conversation::MessageStored;
use contracts::message::{Author, Reaction};
use contracts::{MessageId, OfficeId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};

use super::ItemError;
use super::arrival::{Arrival, NewMessage};
use super::parse::Change;
use super::store;
use crate::App;
use crate::conversations::store as conversations;
use crate::{media, messages};

/// Changes the message that an arrival is about. Only its own side may edit and delete it.
pub async fn apply(app: &App, tx: &mut Tx, arrival: &Arrival<'_>) -> Result<(), ItemError> {
    let Some(amendment) = &arrival.message.amends else { return Ok(()) };
    let office = arrival.number.office;
    let Some(target) = store::target(tx, office, &amendment.target).await? else { return Ok(()) };
    let own = (target.direction == "outbound") == arrival.is_outbound();
    let author = if arrival.is_outbound() { Author::Admin } else { Author::Citizen };
    let changed = match &amendment.change {
        Change::Edited(Some(text)) if own => {
            store::edit(tx, office, target.id, text, arrival.message.sent_at).await?;
            true
        }
        Change::Revoked if own => {
            store::revoke(tx, office, target.id, arrival.message.sent_at).await?;
            true
        }
        Change::Reacted(emoji) => {
            let mut reactions: Vec<Reaction> = serde_json::from_value(target.reactions)?;
            reactions.retain(|reaction| reaction.author != author);
            reactions.extend(emoji.clone().map(|emoji| Reaction { author, emoji }));
            store::react(tx, office, target.id, &serde_json::to_value(&reactions)?).await?;
            true
        }
        Change::Edited(_) | Change::Revoked => false,
    };
    if changed && arrival.is_live() {
        tell_message(app, tx, office, target.id, arrival.cause).await?;
    }
    Ok(())
}

/// Tells screens how a message looks now: the same message, under the conversation's next seq.
pub async fn tell_message(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    id: MessageId,
    cause: &Cause,
) -> Result<(), AppendError> {
    let Some(message) = messages::store::view(tx, office, id).await? else { return Ok(()) };
    let conversation_id = message.conversation_id;
    let seq = conversations::next_change(tx, office, conversation_id).await?;
    conversations::note_change(tx, office, conversation_id, seq, Some(id)).await?;
    outbox::append(&app.ctx, tx, office, &MessageStored { conversation_id, seq, message }, cause).await?;
    Ok(())
}

/// The past announces files before it brings them. `true`: this was one, and it is to be fetched now.
pub async fn fill_placeholder(
    app: &App,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    mut message: NewMessage<'_>,
) -> Result<bool, ItemError> {
    let Some(id) = store::fill_placeholder(tx, message.office, &message).await? else { return Ok(false) };
    let Some(mut file) = message.media.take() else { return Ok(false) };
    file.message_id = id;
    media::store::insert(tx, &[file]).await?;
    tell_message(app, tx, message.office, id, arrival.cause).await?;
    Ok(true)
}
