//! One message from a citizen: seen once, stored with its place in the conversation, and part of a turn.

use chrono::Duration;
use contracts::events::conversation::MessageStored;
use contracts::message::{Author, Direction, MessageStatus, MessageView};
use contracts::{MessageId, TurnId};
use hmac::{Hmac, KeyInit, Mac};
use platform::Tx;
use platform::bus::Delivery;
use platform::outbox;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::parse::InboundMessage;
use super::store;
use super::{Effects, ItemError};
use crate::App;
use crate::contacts;
use crate::conversations::store as conversations;
use crate::numbers::Number;
use crate::turns::store as turns;

/// Kinds that say something but ask for no answer.
const SILENT_KINDS: [&str; 4] = ["reaction", "edit", "revoke", "request_welcome"];

/// Takes one message in.
pub async fn take(
    app: &App,
    tx: &mut Tx,
    number: &Number,
    inbound: &InboundMessage,
    delivery: &Delivery,
    effects: &mut Effects,
) -> Result<(), ItemError> {
    let office = number.office;
    let now = app.ctx.clock.now();
    let key = seen_key(&app.config.identity_key, &inbound.wamid);
    if !store::first_seen(tx, office, &key, now).await? {
        app.metrics.duplicates.inc();
        return Ok(());
    }
    let contact = contacts::resolve(tx, office, &inbound.sender, now).await?;
    let conversation =
        conversations::next_inbound(tx, office, contact.contact_id, &number.phone_number_id, inbound.sent_at, now)
            .await?;
    let id = MessageId::new();

    let answerable = inbound.group_id.is_none() && !SILENT_KINDS.contains(&inbound.kind.as_str());
    let turn = if conversation.status != "human" && answerable {
        let settings = app.ctx.offices.settings(&app.ctx.db, office).await?;
        // A tap is a whole answer.
        let quiet = if inbound.reply_id.is_some() { 0 } else { settings.turn_quiet_ms };
        let window = (Duration::milliseconds(quiet.into()), Duration::milliseconds(settings.turn_max_ms.into()));
        effects.turn_opened = true;
        Some(turns::collect(tx, office, conversation.id, conversation.epoch, TurnId::new(), now, window).await?)
    } else {
        None
    };

    let view = MessageView {
        id,
        wamid: Some(inbound.wamid.clone()),
        conversation_id: conversation.id,
        contact_id: contact.contact_id,
        wa_user_id: contact.wa_user_id,
        seq: conversation.last_seq,
        direction: Direction::Inbound,
        author: Author::Citizen,
        kind: inbound.kind.clone(),
        text: inbound.text.clone(),
        media: inbound.media.clone(),
        location: inbound.location.clone(),
        status: MessageStatus::Received,
        error: None,
        sent_at: inbound.sent_at,
    };
    store::insert_message(tx, office, &view, inbound.reply_id.as_deref(), &inbound.raw, turn).await?;
    conversations::note_change(tx, office, conversation.id, conversation.last_seq, Some(id)).await?;
    let event = MessageStored { conversation_id: conversation.id, seq: conversation.last_seq, message: view };
    outbox::append(&app.ctx, tx, office, &event, &delivery.cause()).await?;
    Ok(())
}

/// What remembers a message without saying whose it was: a wamid holds the phone number in clear.
fn seen_key(key: &SecretString, wamid: &str) -> Vec<u8> {
    let mut bytes = b"seen message\0".to_vec();
    bytes.extend_from_slice(key.expose_secret().as_bytes());
    match Hmac::<Sha256>::new_from_slice(&bytes) {
        Ok(mac) => mac.chain_update(wamid).finalize().into_bytes().to_vec(),
        // HMAC takes keys of every length.
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}
