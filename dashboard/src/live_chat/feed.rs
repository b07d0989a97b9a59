//! From channel-service's events to pieces of HTML for every open browser of the office: drawn once per process, not
//! once per browser.
//!
//! Called by the live hub's task and read by `/api/live`. What must stay true: a browser hears of its own office alone,
//! and when something may have been missed it is told so.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use contracts::dto::Page;
use contracts::dto::channel::{ConversationView, MessagePreview};
use contracts::events::Event;
use contracts::events::conversation::{ConversationChanged, MessageStored, StatusChanged};
use contracts::events::office::NumberUpdated;
use contracts::message::{Author, Direction, MessageView};
use contracts::{ConversationId, MessageId, OfficeId};
use platform::bus::LiveEvent;
use platform::http::client::{Call, Internal};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::debug;

use super::standing::{Standing, Standings};
use super::{News, bubbles, client, store};
use crate::Server;

/// How far a slow browser may lag behind before it is told to ask for everything again.
const ROOM: usize = 1024;
/// Conversations and messages that are remembered between events.
const REMEMBERED: usize = 10_000;
/// A burst of changes is counted once.
const PAUSE: Duration = Duration::from_millis(150);
/// Longer than this nothing is waited for: the next event is behind it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long after a citizen's message anything may be written.
const WINDOW_HOURS: i64 = 24;

/// The process's feed of conversations. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ChatFeed {
    said: broadcast::Sender<Said>,
    standings: Arc<Standings>,
}

/// Something for the browsers.
#[derive(Debug, Clone)]
pub enum Said {
    /// News of a conversation, as JSON.
    News(OfficeId, Arc<str>),
    /// Who waits, and who has how many.
    Standing(OfficeId, Arc<Standing>),
    /// Something was missed.
    Gap,
}

impl ChatFeed {
    /// A feed without a source; [`ChatFeed::start`] connects it.
    pub fn new() -> Self {
        Self { said: broadcast::Sender::new(ROOM), standings: Arc::default() }
    }

    /// A browser's place, from now on.
    pub fn seat(&self) -> broadcast::Receiver<Said> {
        self.said.subscribe()
    }

    /// Where the office stands; `None` while channel-service is away.
    pub async fn standing(&self, channel: &Internal, office: OfficeId) -> Option<Arc<Standing>> {
        self.standings.get(channel, office).await
    }

    /// Somebody of the office has just changed it.
    pub fn changed(&self, office: OfficeId) {
        self.standings.forget(office);
    }

    /// Follows the live hub for the life of the process.
    pub fn start(&self, server: &Server) {
        let teller = Teller { feed: self.clone(), server: server.clone(), known: Known::default(), missed: false };
        server.ctx.tasks.spawn("live conversations", teller.run());
    }
}

impl Default for ChatFeed {
    fn default() -> Self {
        Self::new()
    }
}

/// What was heard lately, so that an event is told without asking.
#[derive(Debug, Default)]
struct Known {
    conversations: Recent<ConversationId, Row>,
    messages: Recent<MessageId, MessageView>,
}

#[derive(Debug, Clone)]
struct Row {
    view: ConversationView,
    last: Option<MessageId>,
    /// From earlier events, not from channel-service just now.
    is_remembered: bool,
}

struct Teller {
    feed: ChatFeed,
    server: Server,
    known: Known,
    missed: bool,
}

impl Teller {
    async fn run(mut self) -> anyhow::Result<()> {
        let mut seat = self.server.hub.seat();
        let shutdown = self.server.ctx.tasks.shutdown().clone();
        let mut changed = BTreeSet::<OfficeId>::new();
        let mut count_at = Instant::now();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                gap = seat.gaps.changed() => {
                    gap?;
                    // The browsers see the same gap and ask by themselves.
                    self.forget();
                }
                () = sleep_until(count_at), if !changed.is_empty() => {
                    if let Some(office) = changed.pop_first() {
                        self.count(office).await;
                    }
                }
                event = seat.events.recv() => match event {
                    Ok(event) => {
                        if let Some(office) = self.hear(&event).await {
                            if changed.is_empty() {
                                count_at = Instant::now() + PAUSE;
                            }
                            changed.insert(office);
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        self.forget();
                        let _ = self.feed.said.send(Said::Gap);
                    }
                    Err(RecvError::Closed) => return Ok(()),
                },
            }
        }
    }

    fn forget(&mut self) {
        self.known = Known::default();
        self.feed.standings.forget_all();
    }

    async fn count(&self, office: OfficeId) {
        if let Some(standing) = self.feed.standings.get(&self.server.channel, office).await {
            let _ = self.feed.said.send(Said::Standing(office, standing));
        }
    }

    /// Tells what an event means; `Some`: the office's standing has changed.
    async fn hear(&mut self, event: &LiveEvent) -> Option<OfficeId> {
        let office = event.attributes.office_id?;
        let counts =
            matches!(event.routing_key.as_str(), ConversationChanged::ROUTING_KEY | NumberUpdated::ROUTING_KEY);
        if counts {
            self.feed.standings.forget(office);
        }
        if self.feed.said.receiver_count() == 0 {
            // Nobody looks: what is remembered would grow old.
            self.known = Known::default();
            return None;
        }
        let told = match event.routing_key.as_str() {
            MessageStored::ROUTING_KEY => self.stored(office, read(event)?).await,
            ConversationChanged::ROUTING_KEY => self.changed(read(event)?),
            StatusChanged::ROUTING_KEY => self.moved(office, read(event)?).await,
            _ => return counts.then_some(office),
        };
        match told {
            Some(news) => {
                if let Ok(json) = leptos::serde_json::to_string(&news) {
                    let _ = self.feed.said.send(Said::News(office, json.into()));
                }
                if std::mem::take(&mut self.missed) {
                    let _ = self.feed.said.send(Said::Gap);
                }
            }
            None => self.missed = true,
        }
        counts.then_some(office)
    }

    async fn stored(&mut self, office: OfficeId, event: MessageStored) -> Option<News> {
        let message = event.message;
        if message.author == Author::Admin {
            // A person's word has moved the end of their takeover.
            self.known.conversations.forget(&event.conversation_id);
        }
        let mut row = self.row(office, event.conversation_id).await?;
        // What was read just now knows of the message already; an older one that was edited is not the last.
        if row.is_remembered && message.seq > row.view.last_seq {
            row.view.unread = if message.direction == Direction::Inbound { row.view.unread + 1 } else { 0 };
        }
        if message.seq >= row.view.last_seq || row.last == Some(message.id) {
            row.view.last_message_at = row.view.last_message_at.max(Some(message.sent_at));
            row.view.last_message = Some(preview(&message));
            row.last = Some(message.id);
        }
        row.view.last_seq = row.view.last_seq.max(event.seq);
        if message.direction == Direction::Inbound {
            let closes = message.sent_at + chrono::Duration::hours(WINDOW_HOURS);
            row.view.window_closes_at = row.view.window_closes_at.max(Some(closes));
        }
        self.known.messages.keep(message.id, message.clone());
        // What was written just now may not stand in our own record yet; only the holder writes.
        let is_new = row.last == Some(message.id);
        let name = match self.written_by(office, &message).await {
            None if is_new && message.author == Author::Admin => {
                row.view.holder.as_ref().map(|holder| holder.name.clone())
            }
            name => name,
        };
        Some(self.tell(row, Some((&message, name.as_deref()))))
    }

    fn changed(&mut self, event: ConversationChanged) -> Option<News> {
        let before = self.known.conversations.get(&event.conversation_id);
        if before.is_some_and(|row| row.view.last_seq > event.seq) {
            return before.cloned().map(|row| self.tell(row, None));
        }
        let last = before.and_then(|row| row.last);
        Some(self.tell(Row { view: event.change, last, is_remembered: true }, None))
    }

    async fn moved(&mut self, office: OfficeId, event: StatusChanged) -> Option<News> {
        let mut message = self.message(office, &event).await?;
        if message.status.may_become(event.status) || event.status == contracts::message::MessageStatus::Queued {
            message.status = event.status;
        }
        if let Some(error) = event.errors.first() {
            let details = error.details.as_ref().map(|details| format!(": {details}")).unwrap_or_default();
            message.error = Some(format!("{} ({}){details}", error.title, error.code));
        }
        let mut row = self.row(office, event.conversation_id).await?;
        if row.last == Some(message.id) {
            row.view.last_message = Some(preview(&message));
        }
        self.known.messages.keep(message.id, message.clone());
        let name = self.written_by(office, &message).await;
        Some(self.tell(row, Some((&message, name.as_deref()))))
    }

    /// Which person of the office wrote it, as our own record says: the conversation may have another holder by now.
    async fn written_by(&self, office: OfficeId, message: &MessageView) -> Option<String> {
        if message.author != Author::Admin {
            return None;
        }
        let mut tx = self.server.ctx.db.office(office).await.ok()?;
        let mut names = store::names(&mut tx, office, &[message.id.0]).await.ok()?;
        tx.commit().await.ok()?;
        names.remove(&message.id)
    }

    fn tell(&mut self, row: Row, message: Option<(&MessageView, Option<&str>)>) -> News {
        // Whoever may not try again does not see the button.
        let piece = message.map(|(message, name)| bubbles::piece(message, name, true));
        let news = client::news(&row.view, piece, self.server.ctx.clock.now());
        self.known.conversations.keep(row.view.id, Row { is_remembered: true, ..row });
        news
    }

    async fn row(&self, office: OfficeId, id: ConversationId) -> Option<Row> {
        if let Some(row) = self.known.conversations.get(&id) {
            return Some(row.clone());
        }
        let view = self.ask(office, &format!("/internal/conversations/{id}")).await?;
        Some(Row { view, last: None, is_remembered: false })
    }

    async fn message(&self, office: OfficeId, event: &StatusChanged) -> Option<MessageView> {
        if let Some(message) = self.known.messages.get(&event.message_id) {
            return Some(message.clone());
        }
        let path = format!("/internal/messages?conversation_id={}&limit=50", event.conversation_id);
        let page: Page<MessageView> = self.ask(office, &path).await?;
        page.data.into_iter().find(|message| message.id == event.message_id)
    }

    async fn ask<A: serde::de::DeserializeOwned>(&self, office: OfficeId, path: &str) -> Option<A> {
        match timeout(PATIENCE, self.server.channel.get(path, &Call::office(office))).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                debug!(error = &error as &dyn std::error::Error, "an event could not be told in full");
                None
            }
            Err(_) => None,
        }
    }
}

fn read<E: Event>(event: &LiveEvent) -> Option<E> {
    leptos::serde_json::from_slice(&event.body).ok()
}

fn preview(message: &MessageView) -> MessagePreview {
    MessagePreview {
        author: message.author,
        kind: message.kind.clone(),
        text: message.text.clone(),
        status: message.status,
    }
}

/// The last ones, and no more than fit.
#[derive(Debug)]
struct Recent<K, V> {
    values: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Eq + Hash + Copy, V> Recent<K, V> {
    fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key)
    }

    fn keep(&mut self, key: K, value: V) {
        if self.values.insert(key, value).is_none() {
            self.order.push_back(key);
        }
        while self.values.len() > REMEMBERED {
            let Some(oldest) = self.order.pop_front() else { return };
            self.values.remove(&oldest);
        }
    }

    fn forget(&mut self, key: &K) {
        if self.values.remove(key).is_some() {
            self.order.retain(|other| other != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_ones_are_remembered() {
        let mut recent = Recent::default();
        for n in 0..REMEMBERED + 5 {
            recent.keep(n, n);
        }
        assert_eq!(recent.values.len(), REMEMBERED);
        assert!(recent.get(&4).is_none() && recent.get(&5).is_some());
        recent.forget(&5);
        recent.keep(5, 1);
        assert_eq!(recent.order.len(), recent.values.len());
    }
}
