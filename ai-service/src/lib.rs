#![doc = include_str!("../README.md")]

pub mod analytics;
pub mod citizens;
pub mod config;
pub mod dialogue;
pub mod error;
pub mod metrics;
pub mod openapi;
pub mod process;
pub mod routes;
pub mod subscriptions;
pub mod turns;
pub mod understanding;

use std::sync::Arc;

use axum::extract::FromRef;
use platform::http::client::Internal;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

pub use config::Config;
use metrics::Metrics;
use understanding::Chain;

/// The tables.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/ai");

/// What handlers and workers of this service share.
#[derive(Debug, Clone)]
pub struct App {
    pub ctx: Context,
    pub case: Internal,
    pub channel: Internal,
    pub understanding: Arc<Chain>,
    pub metrics: Metrics,
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.ctx.clone()
    }
}

/// The process.
#[derive(Debug)]
pub struct AiService;

impl Daemon for AiService {
    type Config = Config;
    const NAME: &'static str = "ai-service";
    const ABOUT: &'static str = "Understanding and dialogue: what a citizen means, and what to answer";
    const PORT: u16 = 3002;

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        openapi::document()
    }

    fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
        let app = app(ctx, &config)?;
        app.ctx.tasks.spawn("old turns", turns::prune::run(app.clone()));
        Ok(service(&app))
    }
}

/// What the handlers share; tests make the same.
pub fn app(ctx: Context, config: &Config) -> anyhow::Result<App> {
    let internal = |name, url: &url::Url| Internal::new(name, url.clone(), ctx.keys.internal.clone());
    Ok(App {
        case: internal("case-service", &config.case_service_url)?,
        channel: internal("channel-service", &config.channel_service_url)?,
        understanding: Arc::new(Chain::builtin()),
        metrics: Metrics::new(&ctx.metrics)?,
        ctx,
    })
}

/// Routes and consumers.
pub fn service(app: &App) -> Service {
    subscriptions::add(Service::new(routes::router(app)), app)
}
