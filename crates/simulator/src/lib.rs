#![doc = include_str!("../README.md")]

pub mod clock;
pub mod config;
mod events;
mod graph;
mod problem;
mod routes;
pub mod server;
mod sim;
mod state;
mod ui;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tokio_util::sync::CancellationToken;

pub use clock::Clock;
pub use config::Config;
pub use webhooks::signature::sign;

use state::journal::Journal;
use state::message::{Direction, Status};
use state::settings::Settings;
use state::world::{Number, World};
use state::{App, Kept, Shared};
use webhooks::delivery::{Webhook, enqueue};

/// A simulator ready to be served; clones share one world.
#[derive(Clone, Debug)]
pub struct Simulator {
    app: Shared,
}

/// Builds a simulator on the machine's clock. Must be called inside a tokio runtime.
pub fn build(config: Config) -> anyhow::Result<Simulator> {
    build_with(config, Clock::system())
}

/// The same with a clock of the caller's, for tests of windows and limits.
pub fn build_with(config: Config, clock: Clock) -> anyhow::Result<Simulator> {
    let first = Number {
        phone_number_id: config.phone_number_id.clone(),
        display_phone_number: "622150001234".into(),
        name: config.office_name.clone(),
        waba_id: "200000000000001".into(),
        webhook_url: None,
    };
    let mut world = World::new(first, Settings::new(config.webhook_url.clone()));
    for known in ["6281200000001", "6281200000002"] {
        world.citizen(known);
    }
    let journal = Journal::open(config.data.as_deref(), &mut world)?;
    let app = Arc::new(App::new(config, clock, Kept::new(world, journal), client()?));
    resume(&app);
    Ok(Simulator { app })
}

/// What a former run wrote down but could not deliver goes out now.
fn resume(app: &Shared) {
    let waiting: Vec<Webhook> = {
        let world = app.world();
        let undelivered = world
            .messages()
            .iter()
            .filter(|message| message.direction == Direction::Inbound && message.status == Status::Sent);
        undelivered
            .filter_map(|message| {
                let number = world.number(&message.phone_number_id)?;
                let body = webhooks::envelope::message(number, world.known(&message.citizen)?, &message.raw);
                let phone_number_id = number.phone_number_id.clone();
                Some(Webhook { phone_number_id, body, wamid: message.wamid.clone(), about: "message" })
            })
            .collect()
    };
    for webhook in waiting {
        enqueue(app, &webhook);
    }
}

impl Simulator {
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.app))
    }

    /// Cancelled when the simulator shall end: event streams and waiting webhooks stop.
    pub fn stop_token(&self) -> CancellationToken {
        self.app.stop.clone()
    }
}

/// One client for webhooks and for the trace. WhatsApp's patience is not documented; ten seconds is its common reading.
fn client() -> anyhow::Result<reqwest::Client> {
    // A provider that another part of the process installed first serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .connect_timeout(Duration::from_secs(3))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .context("the HTTP client could not be made")
}
