#![doc = include_str!("../README.md")]

pub mod analytics;
pub mod categories;
pub mod citizens;
pub mod complaints;
pub mod config;
pub mod dialogue;
pub mod documents;
pub mod embedding;
pub mod error;
pub mod evaluation;
pub mod knowledge;
pub mod metrics;
pub mod openapi;
pub mod personal;
pub mod privacy;
pub mod process;
pub mod providers;
pub mod routes;
pub mod subscriptions;
pub mod takeovers;
pub mod transcriptions;
pub mod turns;
pub mod understanding;

use std::sync::Arc;

use axum::extract::FromRef;
use platform::http::client::Internal;
use platform::storage::Storage;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

pub use config::Config;
use documents::extract::child::Extractor;
use documents::worker::Documents;
use embedding::Embedder;
use metrics::Metrics;
use providers::{Ledger, Models};
use turns::texts::OfficeTexts;
use understanding::Chain;
use understanding::areas::Areas;

/// The tables.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/ai");

/// What handlers and workers of this service share.
#[derive(Debug, Clone)]
pub struct App {
    pub ctx: Context,
    pub case: Internal,
    pub channel: Internal,
    pub storage: Storage,
    pub models: Arc<Models>,
    pub understanding: Arc<Chain>,
    /// Names of offices' kelurahan and kecamatan.
    pub areas: Areas,
    /// Offices' own wording of the assistant's texts.
    pub texts: OfficeTexts,
    /// Who makes vectors beside the built-in embedder, if anybody.
    pub embedder: Option<Arc<dyn Embedder>>,
    pub documents: Documents,
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
        app.ctx.tasks.spawn("documents", documents::worker::run(app.clone()));
        app.ctx.tasks.spawn("passages of an older make", documents::refresh::run(app.clone()));
        Ok(service(&app))
    }
}

/// What the handlers share; tests make the same.
pub fn app(ctx: Context, config: &Config) -> anyhow::Result<App> {
    let internal = |name, url: &url::Url| Internal::new(name, url.clone(), ctx.keys.internal.clone());
    let ledger = Ledger::new(&ctx)?;
    let models = Arc::new(config.models.chain(&config.ai_providers, &ledger)?);
    Ok(App {
        case: internal("case-service", &config.case_service_url)?,
        channel: internal("channel-service", &config.channel_service_url)?,
        storage: Storage::open(&config.storage.media_url)?,
        understanding: Arc::new(Chain::new(models.clone())),
        embedder: config.models.embedder(&ledger)?,
        models,
        documents: Documents::new(Extractor::this()?),
        areas: Areas::default(),
        texts: OfficeTexts::default(),
        metrics: Metrics::new(&ctx.metrics)?,
        ctx,
    })
}

/// Routes and consumers.
pub fn service(app: &App) -> Service {
    subscriptions::add(Service::new(routes::router(app)), app)
}
