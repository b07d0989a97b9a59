//! The shared state that every handler gets.
//!
//! One lock guards the world and its journal; it is never held over an await.

pub mod counters;
pub mod journal;
pub mod message;
pub mod settings;
pub mod world;

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;
use crate::events::Events;
use journal::{Fact, Journal};
use message::Message;
use world::{Media, World};

/// Webhooks in flight at once.
const CONCURRENT_WEBHOOKS: usize = 128;

/// The world with its journal; changes through the methods here are kept on disk.
#[derive(Debug)]
pub struct Kept {
    pub world: World,
    journal: Journal,
}

impl Deref for Kept {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Kept {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Kept {
    pub fn new(world: World, journal: Journal) -> Self {
        Self { world, journal }
    }

    /// Keeps a message and the citizen it belongs to; false when its wamid is known already.
    pub fn keep_message(&mut self, message: Message) -> bool {
        self.world.citizen(&message.citizen);
        let fresh = self.world.push(message.clone());
        if fresh {
            self.journal.note(&Fact::Message(Box::new(message)));
        }
        fresh
    }

    pub fn keep_status(&mut self, wamid: &str, status: message::Status, error: Option<i64>) -> Option<Message> {
        let moved = self.world.advance(wamid, status, error).cloned()?;
        self.journal.note(&Fact::Status { wamid: wamid.to_owned(), status, error });
        Some(moved)
    }

    pub fn keep_media(&mut self, media: Media) {
        self.journal.note_media(&media);
        self.world.media.insert(media.id.clone(), media);
    }

    pub fn keep_number(&mut self, number: world::Number) {
        self.journal.note(&Fact::Number(number.clone()));
        self.world.put_number(number);
    }

    pub fn keep_citizen(&mut self, citizen: world::Citizen) {
        self.journal.note(&Fact::Citizen(citizen.clone()));
        self.world.put_citizen(citizen);
    }

    pub fn forget_everything(&mut self) {
        self.journal.clear();
        self.world.reset();
        for number in self.world.numbers.clone() {
            self.journal.note(&Fact::Number(number));
        }
    }
}

#[derive(Debug)]
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub events: Events,
    pub client: reqwest::Client,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    /// Bounds webhooks in flight.
    pub webhook_slots: Semaphore,
    /// Wakes every webhook that waits for its next attempt.
    pub retry_now: Notify,
    kept: Mutex<Kept>,
}

pub type Shared = Arc<App>;

impl App {
    pub fn new(config: Config, clock: Clock, kept: Kept, client: reqwest::Client) -> Self {
        Self {
            events: Events::new(clock.clone()),
            config,
            clock,
            client,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            webhook_slots: Semaphore::new(CONCURRENT_WEBHOOKS),
            retry_now: Notify::new(),
            kept: Mutex::new(kept),
        }
    }

    pub fn world(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
