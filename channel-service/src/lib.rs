#![doc = include_str!("../README.md")]

mod blocklist;
mod citizens;
mod config;
mod contacts;
mod conversations;
mod driver;
mod guards;
mod inbound;
mod media;
mod messages;
mod metrics;
mod numbers;
mod quarantine;
mod retention;
mod routes;
mod sending;
mod subscriptions;
mod takeover;
mod turns;
mod webhooks;

use std::sync::Arc;

use axum::extract::FromRef;
use platform::http::{Dependencies, Readiness};
use platform::storage::Storage;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

pub use config::Config;
pub use driver::Driver;
pub use inbound::parse;

/// The tables of gc_channel.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/channel");

/// What handlers and workers share. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub ctx: Context,
    pub config: Arc<Config>,
    pub metrics: Arc<metrics::Metrics>,
    pub numbers: numbers::Numbers,
    pub graph: sending::graph::Graph,
    pub storage: Storage,
    /// What this instance remembers while it sends.
    pub desk: Arc<sending::desk::Desk>,
    pub media: Arc<media::Desk>,
    /// Woken when a burst may be over.
    pub turns: Arc<tokio::sync::Notify>,
    /// Woken when a message waits to be sent.
    pub outgoing: Arc<tokio::sync::Notify>,
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.ctx.clone()
    }
}

/// channel-service.
#[derive(Debug)]
pub struct ChannelService;

impl Daemon for ChannelService {
    type Config = Config;
    const NAME: &'static str = "channel-service";
    const ABOUT: &'static str = "WhatsApp in and out: webhooks, conversations, turns, sending, takeover";
    const PORT: u16 = 3001;
    // Its main job is to accept webhooks: one place to put them is enough.
    const READY: Readiness = |dependencies: &Dependencies| dependencies.broker == "up" || dependencies.database == "up";

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        <routes::ApiDoc as utoipa::OpenApi>::openapi()
    }

    fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
        let app = assemble(ctx, config)?;
        let ctx = &app.ctx;
        ctx.tasks.spawn("first number", numbers::ensure_first(app.clone()));
        ctx.tasks.spawn("webhook rescue", webhooks::spool::rescue(app.clone()));
        ctx.tasks.spawn("turn scheduler", turns::scheduler::run(app.clone()));
        ctx.tasks.spawn("sender", sending::sender::run(app.clone()));
        ctx.tasks.spawn("takeover expiry", takeover::expiry::run(app.clone()));
        ctx.tasks.spawn("block expiry", blocklist::run(app.clone()));
        ctx.tasks.spawn("media", media::worker::run(app.clone()));
        ctx.tasks.spawn("retention", retention::run(app.clone()));
        Ok(subscriptions::all(&app, Service::new(routes::all(&app))))
    }
}

/// Everything that handlers and workers share; starts nothing.
fn assemble(ctx: Context, config: Config) -> anyhow::Result<App> {
    Ok(App {
        metrics: Arc::new(metrics::Metrics::new(ctx.metrics.registry())?),
        numbers: numbers::Numbers::new(&config),
        graph: sending::graph::Graph::new(&config)?,
        storage: Storage::open(&config.storage.media_url)?,
        desk: Arc::default(),
        media: Arc::new(media::Desk::new(&ctx, &config)?),
        config: Arc::new(config),
        turns: Arc::default(),
        outgoing: Arc::default(),
        ctx,
    })
}
