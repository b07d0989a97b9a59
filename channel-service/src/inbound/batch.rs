//! Many items in one transaction, with few statements.
//!
//! Locks are taken in one order, whatever the items: what was seen (sorted by key), aliases and contacts (sorted),
//! conversations (sorted by id, new ones after), then messages. So batches of several instances wait for each other and
//! never in a circle.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use contracts::events::conversation::MessageStored;
use contracts::{OfficeId, TurnId};
use platform::Tx;
use platform::outbox::{self, Cause};

use super::arrival::{Arrival, NewMessage, Place, Source, seen_key};
use super::aside::{self, Aside};
use super::parse::{IdentityChange, Item, Preference};
use super::reports::Reports;
use super::store::{self, Change, Conversation};
use super::{Effects, ItemError, amend};
use crate::App;
use crate::blocklist;
use crate::contacts::{self, Contact, Merge, Wanted};
use crate::guards::flood;
use crate::media;
use crate::numbers::{self, Number};
use crate::turns::store::{self as turns, Collect};

/// An item, the number it came to, and the delivery behind it.
#[derive(Debug)]
pub struct Entry<'a> {
    pub item: &'a Item,
    pub number: Option<Number>,
    pub cause: &'a Cause,
}

/// The items by what is to be done with them.
#[derive(Debug, Default)]
struct Sorted<'a> {
    arrivals: Vec<Arrival<'a>>,
    reports: Reports<'a>,
    identities: Vec<(&'a Number, &'a IdentityChange, Vec<u8>)>,
    preferences: Vec<(&'a Number, &'a Preference, Vec<u8>)>,
    asides: Vec<Aside<'a>>,
    /// The first delivery: what merges are put down to.
    cause: Option<&'a Cause>,
}

/// Takes all of them in.
pub async fn take(app: &App, tx: &mut Tx, entries: &[Entry<'_>], effects: &mut Effects) -> Result<(), ItemError> {
    let now = app.ctx.clock.now();
    let mut sorted = sort(app, tx, entries).await?;
    forget_repetitions(app, tx, &mut sorted, now).await?;
    aside::keep(app, tx, &sorted.asides).await?;
    let cause = sorted.cause.cloned().unwrap_or_default();

    let (people, merges) = people(app, tx, &sorted, now).await?;
    sorted.reports.find(tx).await?;
    let places: Vec<Place<'_>> = sorted
        .arrivals
        .iter()
        .zip(&people)
        .map(|(arrival, contact)| {
            (arrival.number.office, contact.contact_id, arrival.number.phone_number_id.0.as_str())
        })
        .collect();
    let mut conversations = lock(app, tx, &places, &merges, &sorted.reports, &cause).await?;
    effects.merged |= !merges.is_empty();

    let mut messages: Vec<NewMessage<'_>> = Vec::with_capacity(places.len());
    for ((arrival, contact), place) in sorted.arrivals.iter().zip(&people).zip(&places) {
        let Some(conversation) = conversations.at(*place) else { continue };
        let seq = conversation.next_seq();
        conversation.note_message(arrival, now);
        messages.push(NewMessage::of(arrival, contact, conversation.id, seq, now));
    }
    collect_turns(app, tx, &sorted.arrivals, &mut messages, &conversations, effects, now).await?;
    let moved = sorted.reports.apply(app, tx, &mut conversations, &mut effects.stops, now).await?;
    store::update_conversations(tx, conversations.touched()).await?;
    store_messages(app, tx, &sorted.arrivals, messages, moved, effects).await?;
    for arrival in sorted.arrivals.iter().filter(|arrival| arrival.message.amends.is_some()) {
        amend::apply(app, tx, arrival).await?;
    }
    Ok(())
}

async fn sort<'a>(app: &App, tx: &mut Tx, entries: &'a [Entry<'a>]) -> Result<Sorted<'a>, ItemError> {
    let mut sorted = Sorted { cause: entries.first().map(|entry| entry.cause), ..Sorted::default() };
    let key = &app.config.identity_key;
    for Entry { item, number, cause } in entries {
        app.metrics.items.with_label_values(&[item.sort()]).inc();
        let office = number.as_ref().map(|number| number.office);
        let whole = || seen_key(key, "item", item.raw().to_string().as_bytes());
        match (*item, number) {
            (Item::Other { kind, .. }, _) => sorted.asides.push(Aside::unknown(app, office, kind, item)),
            (Item::Notice(notice), _) => {
                let office = match (office, &notice.display_phone_number) {
                    (None, Some(display)) => numbers::office_of_display(tx, display).await?,
                    (office, _) => office,
                };
                sorted.asides.push(Aside::notice(app, office, notice, item));
            }
            (_, None) => sorted.asides.push(Aside::of_nobody(app, item)),
            (Item::Message(message), Some(number)) => {
                sorted.arrivals.push(Arrival::new(key, number, message, Source::Citizen, cause));
            }
            (Item::Echo(message), Some(number)) => {
                sorted.arrivals.push(Arrival::new(key, number, message, Source::Echo, cause));
            }
            (Item::History(past), Some(number)) => {
                let source = Source::History { outbound: past.outbound, status: past.status };
                sorted.arrivals.push(Arrival::new(key, number, &past.message, source, cause));
            }
            (Item::Status(report), Some(number)) => sorted.reports.add(number, report, cause),
            (Item::Identity(change), Some(number)) => sorted.identities.push((number, change, whole())),
            (Item::Preference(wish), Some(number)) => sorted.preferences.push((number, wish, whole())),
        }
    }
    Ok(sorted)
}

/// Leaves out what was seen before, in this batch or ever.
async fn forget_repetitions(
    app: &App,
    tx: &mut Tx,
    sorted: &mut Sorted<'_>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    // Items of no office are remembered too.
    let nobody = OfficeId(uuid::Uuid::nil());
    let keys: BTreeSet<(Vec<u8>, OfficeId)> = sorted
        .arrivals
        .iter()
        .map(|arrival| (arrival.key.clone(), arrival.number.office))
        .chain(sorted.identities.iter().map(|(number, _, key)| (key.clone(), number.office)))
        .chain(sorted.preferences.iter().map(|(number, _, key)| (key.clone(), number.office)))
        .chain(sorted.asides.iter().filter_map(|aside| Some((aside.key.clone()?, aside.office.unwrap_or(nobody)))))
        .collect();
    let mut fresh: HashSet<Vec<u8>> = store::first_seen(tx, &keys, now).await?;
    let before = sorted.arrivals.len() + sorted.asides.len();
    // Of two in one batch the first takes the key with it.
    sorted.arrivals.retain(|arrival| fresh.remove(&arrival.key));
    sorted.identities.retain(|(.., key)| fresh.remove(key));
    sorted.preferences.retain(|(.., key)| fresh.remove(key));
    sorted.asides.retain(|aside| aside.key.as_ref().is_none_or(|key| fresh.remove(key)));
    let gone = before - sorted.arrivals.len() - sorted.asides.len();
    app.metrics.duplicates.inc_by(u64::try_from(gone).unwrap_or(0));
    for aside in &sorted.asides {
        if let Item::Notice(notice) = aside.item {
            aside::announce(app, notice);
        }
    }
    Ok(())
}

/// Whose the messages are, in their order, and which contacts turned out to be one.
async fn people(
    app: &App,
    tx: &mut Tx,
    sorted: &Sorted<'_>,
    now: DateTime<Utc>,
) -> Result<(Vec<Contact>, Vec<Merge>), sqlx::Error> {
    // Changed ids come first: what else is in the batch may use the new ones.
    let mut wanted: Vec<Wanted> = Vec::new();
    for (number, change, _) in &sorted.identities {
        wanted.extend(contacts::change_ids(tx, number.office, change).await?);
    }
    let changed = wanted.len();
    wanted.extend(sorted.arrivals.iter().map(|arrival| Wanted::of(arrival.number.office, &arrival.message.sender)));
    wanted.extend(sorted.preferences.iter().map(|(number, wish, _)| Wanted::of(number.office, &wish.sender)));
    let resolved = contacts::resolve_many(tx, &wanted, now).await?;
    let mut people: Vec<Contact> = resolved.contacts.into_iter().skip(changed).collect();
    let wishes = people.split_off(sorted.arrivals.len());
    for ((number, wish, _), contact) in sorted.preferences.iter().zip(wishes) {
        if wish.category == "marketing_messages" {
            let stopped = wish.stop.then_some(wish.at);
            contacts::set_marketing(tx, number.office, contact.contact_id, stopped).await?;
        }
    }
    app.metrics.merges.inc_by(u64::try_from(resolved.merges.len()).unwrap_or(0));
    Ok((people, resolved.merges))
}

/// The conversations of a batch, locked.
#[derive(Debug, Default)]
pub struct Conversations {
    all: Vec<Conversation>,
    by_place: HashMap<(OfficeId, contracts::ContactId, String), usize>,
    by_id: HashMap<contracts::ConversationId, usize>,
}

impl Conversations {
    fn new(all: Vec<Conversation>) -> Self {
        let by_place = all
            .iter()
            .enumerate()
            .map(|(n, one)| ((one.office, one.contact_id, one.phone_number_id.clone()), n))
            .collect();
        let by_id = all.iter().enumerate().map(|(n, one)| (one.id, n)).collect();
        Self { all, by_place, by_id }
    }

    fn at(&mut self, (office, contact, number): Place<'_>) -> Option<&mut Conversation> {
        let n = *self.by_place.get(&(office, contact, number.to_owned()))?;
        self.all.get_mut(n)
    }

    /// The conversation with this id.
    pub fn get(&mut self, id: contracts::ConversationId) -> Option<&mut Conversation> {
        let n = *self.by_id.get(&id)?;
        self.all.get_mut(n)
    }

    fn holds(&self, (office, contact, number): Place<'_>) -> bool {
        self.by_place.contains_key(&(office, contact, number.to_owned()))
    }

    fn touched(&self) -> impl Iterator<Item = &Conversation> {
        self.all.iter().filter(|one| one.touched)
    }
}

/// Locks every conversation that the batch changes, makes the new ones, and carries merges out in between.
async fn lock(
    app: &App,
    tx: &mut Tx,
    places: &[Place<'_>],
    merges: &[Merge],
    reports: &Reports<'_>,
    cause: &Cause,
) -> Result<Conversations, ItemError> {
    let merging: Vec<uuid::Uuid> = merges.iter().flat_map(|merge| [merge.from.0, merge.into.0]).collect();
    let reported = reports.conversations();
    if places.is_empty() && merging.is_empty() && reported.is_empty() {
        return Ok(Conversations::default());
    }
    let places: Vec<Place<'_>> = places.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = Conversations::new(store::lock_conversations(tx, &places, &merging, &reported).await?);
    if !merges.is_empty() {
        for merge in merges {
            contacts::merge::carry_out(app, tx, *merge, cause).await?;
        }
        found = Conversations::new(store::lock_conversations(tx, &places, &merging, &reported).await?);
    }
    let missing: Vec<Place<'_>> = places.iter().copied().filter(|place| !found.holds(*place)).collect();
    if !missing.is_empty() {
        // Another batch may make one of them at this moment: then theirs is locked.
        store::open_conversations(tx, &missing).await?;
        found = Conversations::new(store::lock_conversations(tx, &places, &merging, &reported).await?);
    }
    Ok(found)
}

/// Gives what is to be answered to the turns that collect.
async fn collect_turns(
    app: &App,
    tx: &mut Tx,
    arrivals: &[Arrival<'_>],
    messages: &mut [NewMessage<'_>],
    conversations: &Conversations,
    effects: &mut Effects,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut collects: Vec<Collect> = Vec::new();
    let mut members: Vec<usize> = Vec::new();
    let people: Vec<(OfficeId, contracts::ContactId)> =
        messages.iter().map(|message| (message.office, message.view.contact_id)).collect();
    let blocked = blocklist::blocked(tx, &people, now).await?;
    for (n, (arrival, message)) in arrivals.iter().zip(messages.iter()).enumerate() {
        let conversation =
            conversations.by_id.get(&message.view.conversation_id).and_then(|at| conversations.all.get(*at));
        let Some(conversation) = conversation.filter(|one| one.status != "human" && arrival.is_answerable()) else {
            continue;
        };
        // Kept and seen, and not answered.
        if blocked.contains(&message.view.contact_id) {
            app.metrics.blocked.inc();
            continue;
        }
        let settings = app.ctx.offices.settings(&app.ctx.db, message.office).await?;
        let window = flood::window(&settings, conversation.minute_count, message.reply_id.is_some());
        if window.flooded {
            app.metrics.flooded.inc();
        }
        let collect = Collect {
            office: message.office,
            conversation: conversation.id,
            epoch: conversation.epoch,
            fresh: TurnId::new(),
            close_at: now + window.quiet,
            longest: window.longest,
        };
        members.push(n);
        match collects.iter_mut().find(|other| other.conversation == conversation.id) {
            Some(same) => *same = Collect { fresh: same.fresh, ..collect },
            None => collects.push(collect),
        }
    }
    if collects.is_empty() {
        return Ok(());
    }
    effects.turn_opened = true;
    let opened = turns::collect_many(tx, &collects, now).await?;
    for n in members {
        if let Some(message) = messages.get_mut(n) {
            message.turn = opened.get(&message.view.conversation_id).copied();
        }
    }
    Ok(())
}

/// Rows, changes and events of the new messages; `moved` are the changes that reports made.
async fn store_messages(
    app: &App,
    tx: &mut Tx,
    arrivals: &[Arrival<'_>],
    messages: Vec<NewMessage<'_>>,
    moved: (Vec<Change>, Vec<(OfficeId, outbox::Row)>),
    effects: &mut Effects,
) -> Result<(), ItemError> {
    let (mut changes, mut events) = moved;
    let stored = store::insert_messages(tx, &messages).await?;
    let mut files = Vec::new();
    for (arrival, message) in arrivals.iter().zip(messages) {
        if !stored.contains(&message.view.id.0) {
            // It came on another way before; the past may bring the file that was only announced.
            if !arrival.is_live() {
                let filled = amend::fill_placeholder(app, tx, arrival, message).await?;
                effects.media_waits |= filled;
            }
            continue;
        }
        changes.push(Change {
            office: message.office,
            conversation: message.view.conversation_id,
            seq: message.view.seq,
            message: message.view.id,
        });
        files.extend(message.media);
        if arrival.is_live() {
            let event = MessageStored {
                conversation_id: message.view.conversation_id,
                seq: message.view.seq,
                message: message.view,
            };
            events.push((message.office, outbox::row(&app.ctx, message.office, &event, arrival.cause)?));
        }
    }
    store::insert_changes(tx, &changes).await?;
    store::insert_events(tx, &events).await?;
    effects.media_waits |= !files.is_empty();
    Ok(media::store::insert(tx, &files).await?)
}
