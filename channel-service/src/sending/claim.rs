//! The claim: under the conversation's lock it is decided whether a message may go out now, and as what.

use std::time::Duration;

use contracts::message::Author;
use contracts::{ConversationId, OfficeId};
use platform::Tx;
use platform::outbox::{AppendError, Cause};
use serde_json::json;
use tokio::time::Instant;
use tracing::debug;
use uuid::Uuid;

use super::coalesce::coalesce;
use super::pace::PAIR;
use super::progress::{News, tell};
use super::step::Step;
use super::store::{self, Next, Outcome};
use super::upload::{self, Missing};
use crate::App;
use crate::contacts;
use crate::conversations::store::{self as conversations, Locked};
use crate::conversations::window_is_open;
use crate::numbers::Number;

/// A call that does not begin within this time of its claim does not begin: a takeover waits no longer for it.
const BEGIN_WITHIN: Duration = Duration::from_secs(2);
/// As many waiting messages as may go out as one.
const NEIGHBOURS: i64 = 20;

/// A message that is ours to send now. Only [`claim`] makes one: the fence was passed.
#[derive(Debug)]
pub struct Claimed {
    pub message: Next,
    pub conversation: ConversationId,
    pub claim: Uuid,
    pub number: Number,
    pub to: (String, bool),
    pub begun_by: Instant,
}

/// What a look at a conversation came to.
#[derive(Debug)]
pub enum Claiming {
    /// Nothing may go now.
    Nothing,
    /// A file of ours must be at WhatsApp first; nothing is claimed.
    Upload(Box<Missing>),
    Claimed(Box<Claimed>),
}

/// Claims a conversation's next message, if it may go now.
pub async fn claim(app: &App, office: OfficeId, conversation: ConversationId) -> Result<Claiming, AppendError> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(office).await?;
    let Some(locked) = conversations::lock(&mut tx, office, conversation).await? else { return Ok(Claiming::Nothing) };
    // A merge may have made it part of another one.
    let conversation = locked.id;
    let mut waiting = store::heads(&mut tx, office, conversation, &locked.phone_number_id, now, NEIGHBOURS).await?;
    if !waiting.first().is_some_and(|first| first.due) {
        return Ok(Claiming::Nothing);
    }
    let message = &mut waiting[0];
    // The fence: a bot message of another epoch is discarded, never sent.
    if message.author == Author::Bot && (message.epoch != locked.epoch || locked.status == "human") {
        debug!(message = %message.id, "a bot message was overtaken by a person and is discarded");
        return end(app, tx, office, &locked, message, Step::Overtaken, "discarded", &Outcome::default()).await;
    }
    let number = app.numbers.of_office(&mut tx, office, Some(&locked.phone_number_id)).await?;
    let to = contacts::address(&mut tx, office, message.contact_id).await?;
    let (Some(number), Some(to)) = (number, to) else {
        let error = json!([{"title": "Nomor kantor atau alamat warga tidak dikenal lagi."}]);
        return end(app, tx, office, &locked, message, Step::Refused, "failed", &Outcome::error(&error)).await;
    };
    if number.stopped {
        return Ok(Claiming::Nothing);
    }
    // It may have waited for long: WhatsApp would take it and fail it afterwards.
    if message.kind != "template" && !window_is_open(locked.last_inbound_at, now) {
        let error = json!([{"code": 131_047, "title": "Re-engagement message", "details": "the 24-hour window closed before it was sent"}]);
        return end(app, tx, office, &locked, message, Step::Refused, "failed", &Outcome::error(&error)).await;
    }
    match upload::resolve(&mut tx, &number, &message.kind, &mut message.payload, now).await? {
        Ok(None) => {}
        Ok(Some(missing)) => {
            let missing = Missing { message: message.id, conversation, refusals: message.refusals, ..missing };
            return Ok(Claiming::Upload(Box::new(missing)));
        }
        Err(why) => {
            let error = json!([{"title": why}]);
            return end(app, tx, office, &locked, message, Step::Refused, "failed", &Outcome::error(&error)).await;
        }
    }
    let (id, bucket) = (message.id, message.pair_full_at);
    let pair_full_at = match PAIR.take(bucket, now) {
        Ok(pair_full_at) => pair_full_at,
        Err(there_at) => {
            app.metrics.paced.with_label_values(&["pair"]).inc();
            store::postpone(&mut tx, office, id, there_at, false).await?;
            tx.commit().await?;
            return Ok(Claiming::Nothing);
        }
    };
    if let Some(carry) = coalesce(&waiting, PAIR.left(bucket, now)) {
        app.metrics.coalesced.inc_by(carry.others.len() as u64);
        store::carry(&mut tx, office, id, &carry).await?;
        waiting[0].payload = carry.payload;
    }
    let claim = Uuid::now_v7();
    store::claim(&mut tx, office, conversation, id, claim, pair_full_at, now).await?;
    let begun_by = Instant::now() + BEGIN_WITHIN;
    tx.commit().await?;
    Ok(Claiming::Claimed(Box::new(Claimed {
        message: waiting.swap_remove(0),
        conversation,
        claim,
        number,
        to,
        begun_by,
    })))
}

/// Ends a message that is not sent, and tells.
#[expect(clippy::too_many_arguments, reason = "each is a plain part of one sentence, and there is one caller")]
async fn end(
    app: &App,
    mut tx: Tx,
    office: OfficeId,
    locked: &Locked,
    message: &Next,
    step: Step,
    word: &str,
    outcome: &Outcome<'_>,
) -> Result<Claiming, AppendError> {
    app.metrics.sends.with_label_values(&[word]).inc();
    let moved = store::step(&mut tx, office, message.id, step, outcome).await?;
    let news = News { status: step.to(), wamid: None, error: outcome.error, at: app.ctx.clock.now() };
    tell(app, &mut tx, office, locked.id, &moved, &news, &Cause::none()).await?;
    tx.commit().await?;
    Ok(Claiming::Nothing)
}
