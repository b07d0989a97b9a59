//! Two contacts that are one citizen: everything of the younger goes to the older.
//!
//! The caller holds both profiles and all their conversations locked. Conversations at the same number become one:
//! messages are numbered on at its end, so that a screen that knows `seq` n asks for the rest; of two turns one goes on
//! and the other's messages are answered with it; of two people who hold them the one who holds the older keeps it.

use chrono::{DateTime, Utc};
use contracts::events::contact::ContactMerged;
use contracts::events::conversation::{ConversationChanged, Holder, TakeoverStarted};
use contracts::events::turn::{TurnClosed, TurnOutcome};
use contracts::{ContactId, ConversationId, OfficeId, TurnId};
use platform::Tx;
use platform::outbox::{self, AppendError, Cause};

use crate::App;
use crate::contacts::store as contacts;
use crate::conversations::store::{self as conversations, Locked};
use crate::turns::store as turns;

mod store;

/// Which contact goes into which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub office: OfficeId,
    pub from: ContactId,
    pub into: ContactId,
}

/// Carries a merge out.
pub async fn carry_out(app: &App, tx: &mut Tx, merge: Merge, cause: &Cause) -> Result<(), AppendError> {
    let Merge { office, from, into } = merge;
    let now = app.ctx.clock.now();
    contacts::move_aliases(tx, office, from, into).await?;
    for moved in store::conversations_of(tx, office, from).await? {
        let Some(old) = conversations::lock(tx, office, moved.id).await? else { continue };
        match store::at_number(tx, office, into, &moved.phone_number_id).await? {
            None => {
                store::give(tx, office, old.id, into).await?;
                tell(app, tx, office, old.id, cause).await?;
            }
            Some(stays) => {
                let Some(new) = conversations::lock(tx, office, stays).await? else { continue };
                join(app, tx, office, &old, &new, now, cause).await?;
            }
        }
    }
    store::move_messages_of_contact(tx, office, from, into).await?;
    contacts::retire(tx, office, from, into, now).await?;
    outbox::append(&app.ctx, tx, office, &ContactMerged { from, into }, cause).await?;
    Ok(())
}

/// Puts the conversation `old` into `new`; both are locked.
async fn join(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    old: &Locked,
    new: &Locked,
    now: DateTime<Utc>,
    cause: &Cause,
) -> Result<(), AppendError> {
    let held = |locked: &Locked| {
        locked.holder_id.clone().zip(locked.holder_name.clone()).map(|(id, name)| Holder { id, name })
    };
    let moves_in = match (held(old), held(new)) {
        (Some(holder), None) => Some(holder),
        _ => None,
    };
    // The fence rises when a person comes in or was shut out; else answers under way stay good.
    let nobody = old.holder_id.is_none() && new.holder_id.is_none();
    let same = nobody && old.epoch == new.epoch;
    let epoch = if nobody { new.epoch } else { old.epoch.max(new.epoch) + 1 };
    let human = new.holder_id.is_some() || moves_in.is_some();

    store::end_second_takeover(tx, office, old.id, new.id, now).await?;
    store::move_takeovers(tx, office, old.id, new.id).await?;
    join_turns(app, tx, office, old, new, same, human, now, cause).await?;
    let moved = store::move_messages(tx, office, old, new.id, nobody.then_some(epoch)).await?;
    store::take_over_state(tx, office, old.id, new.id, epoch, moves_in.as_ref(), moved).await?;
    store::close(tx, office, old.id, new.id).await?;
    if let Some(admin) = moves_in {
        let event = TakeoverStarted { conversation_id: new.id, epoch, admin, note: None };
        outbox::append(&app.ctx, tx, office, &event, cause).await?;
    }
    tell(app, tx, office, old.id, cause).await?;
    tell(app, tx, office, new.id, cause).await
}

/// A turn in flight goes on if nothing is in its way; otherwise it ends refused, and what was said in it is answered
/// with the turn that collects.
#[expect(clippy::too_many_arguments, reason = "both conversations, and what was decided about them")]
async fn join_turns(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    old: &Locked,
    new: &Locked,
    same: bool,
    human: bool,
    now: DateTime<Utc>,
    cause: &Cause,
) -> Result<(), AppendError> {
    if human {
        // Whoever has the conversation now answers what was asked; nothing of it may be answered after them.
        for turn_id in turns::close_all(tx, office, new.id, TurnOutcome::Refused, now).await? {
            let event = TurnClosed { turn_id, conversation_id: new.id, outcome: TurnOutcome::Refused };
            outbox::append(&app.ctx, tx, office, &event, cause).await?;
        }
    }
    let theirs = store::open_turns(tx, office, old.id).await?;
    let ours = store::open_turns(tx, office, new.id).await?;
    let flies = ours.iter().any(|own| own.in_flight);
    // There is one that collects at most, wherever it comes from.
    let mut collects = ours.iter().find(|own| !own.in_flight).map(|own| own.id);
    for turn in theirs {
        let goes_on = !human && if turn.in_flight { same && !flies } else { collects.is_none() };
        if goes_on {
            store::move_turn(tx, office, turn.id, new.id).await?;
            if !turn.in_flight {
                collects = Some(turn.id);
            }
            continue;
        }
        if !human {
            let next = match collects {
                Some(next) => next,
                None => store::reopen(tx, office, new.id, new.epoch, TurnId::new(), now).await?,
            };
            collects = Some(next);
            store::move_turn_messages(tx, office, turn.id, next).await?;
        }
        store::refuse(tx, office, turn.id, now).await?;
        if turn.in_flight {
            let event = TurnClosed { turn_id: turn.id, conversation_id: new.id, outcome: TurnOutcome::Refused };
            outbox::append(&app.ctx, tx, office, &event, cause).await?;
        }
    }
    Ok(())
}

/// Tells screens how a conversation stands now.
pub async fn tell(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    id: ConversationId,
    cause: &Cause,
) -> Result<(), AppendError> {
    let seq = store::next_seq(tx, office, id).await?;
    conversations::note_change(tx, office, id, seq, None).await?;
    if let Some(change) = conversations::view(tx, office, id).await? {
        outbox::append(&app.ctx, tx, office, &ConversationChanged { conversation_id: id, seq, change }, cause).await?;
    }
    Ok(())
}
