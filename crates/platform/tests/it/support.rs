//! A service with nothing of its own: what stays is the platform.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use contracts::ContactId;
use contracts::events::contact::ContactMerged;
use platform::bus::{Delivery, Handler, HandlerError};
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

/// The tables that every service starts with.
pub static MIGRATOR: Migrator = sqlx::migrate!("./tests/migrations");

#[derive(Debug, Clone, clap::Args)]
pub struct NoConfig {}

#[derive(Debug)]
pub struct Bare;

#[derive(utoipa::OpenApi)]
#[openapi(info(title = "bare"))]
struct ApiDoc;

impl Daemon for Bare {
    type Config = NoConfig;
    const NAME: &'static str = "bare-service";
    const ABOUT: &'static str = "A service with nothing of its own";
    const PORT: u16 = 3999;

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        <ApiDoc as utoipa::OpenApi>::openapi()
    }

    fn build(_ctx: Context, _config: NoConfig) -> anyhow::Result<Service> {
        Ok(Service::new(Router::new()))
    }
}

/// An event to send around; its ids are what matters.
pub fn event() -> ContactMerged {
    ContactMerged { from: ContactId::new(), into: ContactId::new() }
}

/// A handler that does what it is told, by the `from` of the event, and remembers what it saw.
#[derive(Debug, Clone, Default)]
pub struct Scripted {
    answers: Arc<Mutex<HashMap<ContactId, Vec<Answer>>>>,
    seen: Arc<Mutex<Vec<ContactId>>>,
}

/// What a scripted handler answers next.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Unavailable,
    Failed,
    Reject,
    Panic,
}

impl Scripted {
    /// These answers first, then done.
    pub fn answer(&self, event: &ContactMerged, answers: &[Answer]) {
        let mut answers = answers.to_vec();
        answers.reverse();
        self.answers.lock().expect("not poisoned").insert(event.from, answers);
    }

    /// How often an event was handed in.
    pub fn times(&self, event: &ContactMerged) -> usize {
        self.seen.lock().expect("not poisoned").iter().filter(|id| **id == event.from).count()
    }

    /// The order in which events were handed in.
    pub fn seen(&self) -> Vec<ContactId> {
        self.seen.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl Handler for Scripted {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: ContactMerged = delivery.data()?;
        self.seen.lock().expect("not poisoned").push(event.from);
        let next = self.answers.lock().expect("not poisoned").get_mut(&event.from).and_then(Vec::pop);
        match next {
            None => Ok(()),
            Some(Answer::Unavailable) => Err(HandlerError::Unavailable(anyhow::anyhow!("away"))),
            Some(Answer::Failed) => Err(HandlerError::Failed(anyhow::anyhow!("no luck"))),
            Some(Answer::Reject) => Err(HandlerError::Reject(anyhow::anyhow!("never"))),
            Some(Answer::Panic) => panic!("as the script says"),
        }
    }
}
