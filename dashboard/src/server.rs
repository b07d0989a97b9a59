//! The server half, put together.

use axum::extract::FromRef;
use contracts::topology;
use platform::bus::Consumer;
use platform::http::client::Internal;
use platform::storage::Storage;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;
use crate::documents::{events, removals, watch};
use crate::live::hub::Hub;
use crate::live_chat::feed::ChatFeed;
use crate::metrics::Metrics;
use crate::pkg::Pkg;
use crate::{offices, openapi, routes, staff};

/// The tables.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations/dashboard");

/// What handlers, server functions and workers share. Cheap enough to clone.
#[derive(Debug, Clone)]
pub struct Server {
    pub ctx: Context,
    pub config: Config,
    pub ai: Internal,
    pub cases: Internal,
    pub channel: Internal,
    pub storage: Storage,
    pub removals: removals::Waker,
    pub hub: Hub,
    pub chat: ChatFeed,
    pub pkg: Pkg,
    pub metrics: Metrics,
}

impl Server {
    /// Whether browsers reach us over https.
    pub fn is_https(&self) -> bool {
        self.config.dashboard_url.scheme() == "https"
    }
}

impl FromRef<Server> for Context {
    fn from_ref(server: &Server) -> Self {
        server.ctx.clone()
    }
}

/// The process.
#[derive(Debug)]
pub struct Dashboard;

impl Daemon for Dashboard {
    type Config = Config;
    const NAME: &'static str = "dashboard";
    const ABOUT: &'static str = "What office staff see, and who they are";
    const PORT: u16 = 3000;

    fn migrator() -> &'static Migrator {
        &MIGRATOR
    }

    fn openapi() -> utoipa::openapi::OpenApi {
        openapi::document()
    }

    fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
        build(ctx, config)
    }
}

/// Puts the service together; tests start the same thing.
pub fn build(ctx: Context, config: Config) -> anyhow::Result<Service> {
    // Pages are drawn on this runtime. The second dashboard of one test process finds it done.
    let _ = any_spawner::Executor::init_tokio();
    let server = Server {
        ai: Internal::new("ai-service", config.ai_service_url.clone(), ctx.keys.internal.clone())?,
        cases: Internal::new("case-service", config.case_service_url.clone(), ctx.keys.internal.clone())?,
        channel: Internal::new("channel-service", config.channel_service_url.clone(), ctx.keys.internal.clone())?,
        storage: Storage::open(&config.storage.media_url)?,
        removals: removals::Waker::default(),
        hub: Hub::new(),
        chat: ChatFeed::new(),
        pkg: Pkg::find(&config.site_root),
        metrics: Metrics::new(&ctx.metrics)?,
        config,
        ctx,
    };
    server.chat.start(&server);
    server.hub.start(&server.ctx);
    server.ctx.tasks.spawn("removals", removals::run(server.clone()));
    server.ctx.tasks.spawn("documents that wait", watch::run(server.clone()));
    let first = server.clone();
    server.ctx.tasks.spawn("first office and person", async move { begin(&first).await });
    Ok(Service::new(routes::router(&server))
        .consumer(Consumer::new(topology::DASHBOARD_DOCUMENTS, 4, events::Processed(server.clone())))
        .consumer(Consumer::new(topology::DASHBOARD_DOCUMENT_FAILURES, 4, events::Failed(server))))
}

/// Sees to what must be there, when the tables are; then rests until the stop.
async fn begin(server: &Server) -> anyhow::Result<()> {
    let shutdown = server.ctx.tasks.shutdown();
    tokio::select! {
        () = server.ctx.db.migrated() => {}
        () = shutdown.cancelled() => return Ok(()),
    }
    offices::first::announce(&server.ctx, server.config.office_name.as_deref()).await?;
    staff::first::from_environment(&server.ctx.db, &server.config, server.ctx.clock.now()).await?;
    shutdown.cancelled().await;
    Ok(())
}
