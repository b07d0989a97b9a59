#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod categories;
pub mod citizens;
pub mod clock;
pub mod complaints;
pub mod config;
pub mod error;
pub mod identity;
pub mod metrics;
pub mod notes;
pub mod open311;
pub mod openapi;
pub mod routes;
pub mod stats;
pub mod subscriptions;

use axum::extract::FromRef;
use platform::http::client::Internal;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

pub use config::Config;
use identity::Identities;
use metrics::Metrics;

/// The tables.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/case");

/// What handlers and workers of this service share.
#[derive(Debug, Clone)]
pub struct App {
    pub ctx: Context,
    pub channel: Internal,
    pub metrics: Metrics,
    pub identities: Identities,
    /// How often the public may call.
    pub open311: open311::Limits,
    /// Days in which a citizen may reopen a complaint.
    pub reopen_days: i64,
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.ctx.clone()
    }
}

/// The process.
#[derive(Debug)]
pub struct CaseService;

impl Daemon for CaseService {
    type Config = Config;
    const NAME: &'static str = "case-service";
    const ABOUT: &'static str = "Complaints and their life, from the number to the last answer";
    const PORT: u16 = 3003;

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        openapi::document()
    }

    fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
        Ok(service(&App::new(ctx, &config)?))
    }
}

impl App {
    /// From what the process was given.
    pub fn new(ctx: Context, config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            channel: Internal::new("channel-service", config.channel_service_url.clone(), ctx.keys.internal.clone())?,
            metrics: Metrics::new(&ctx.metrics)?,
            identities: Identities::new(&config.identity_key),
            open311: open311::Limits::default(),
            reopen_days: config.reopen_days,
            ctx,
        })
    }
}

/// Puts the service together; tests start the same thing.
pub fn service(app: &App) -> Service {
    app.ctx.tasks.spawn("clock", clock::run(app.clone()));
    app.ctx.tasks.spawn("seals", identity::worker::run(app.clone()));
    app.ctx.tasks.spawn("words", complaints::words::worker::run(app.clone()));
    subscriptions::add(Service::new(routes::router(app)), app)
}
