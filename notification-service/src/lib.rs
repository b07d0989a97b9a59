#![doc = include_str!("../README.md")]

pub mod citizens;
pub mod complaints;
pub mod config;
pub mod delivery;
pub mod error;
pub mod metrics;
pub mod notifications;
pub mod openapi;
pub mod permissions;
pub mod requests;
pub mod routes;
pub mod statuses;
pub mod subscriptions;
pub mod templates;
pub mod turns;

use std::sync::Arc;

use axum::extract::FromRef;
use platform::http::client::Internal;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;
use tokio::sync::Notify;

pub use config::Config;
use metrics::Metrics;

/// The tables.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/notification");

/// What handlers and workers of this service share.
#[derive(Debug, Clone)]
pub struct App {
    pub ctx: Context,
    pub channel: Internal,
    pub metrics: Metrics,
    /// Tells the delivery worker, after a commit, that there is something to send.
    pub to_send: Arc<Notify>,
}

impl App {
    /// The parts, put together.
    pub fn new(ctx: Context, config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            channel: Internal::new("channel-service", config.channel_service_url.clone(), ctx.keys.internal.clone())?,
            metrics: Metrics::new(&ctx.metrics)?,
            to_send: Arc::default(),
            ctx,
        })
    }

    /// To be called after the commit.
    pub fn wake(&self) {
        self.ctx.outbox.wake();
        self.to_send.notify_one();
    }
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.ctx.clone()
    }
}

/// The process.
#[derive(Debug)]
pub struct NotificationService;

impl Daemon for NotificationService {
    type Config = Config;
    const NAME: &'static str = "notification-service";
    const ABOUT: &'static str = "What citizens are told outside their conversations, and how each telling went";
    const PORT: u16 = 3004;

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        openapi::document()
    }

    fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
        let app = App::new(ctx, &config)?;
        app.ctx.tasks.spawn("delivery", delivery::run(app.clone()));
        app.ctx.tasks.spawn("tidying", turns::tidy(app.clone()));
        Ok(service(&app))
    }
}

/// Routes and consumers, without the workers.
pub fn service(app: &App) -> Service {
    subscriptions::add(Service::new(routes::router(app)), app)
}
