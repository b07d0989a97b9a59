//! What a service process does from start to end.
//!
//! `main` reads arguments and environment, answers `healthcheck`, `openapi` and `migrate`, or serves: listen at once,
//! connect and migrate in the background, start consumers and workers when the tables are there, stop softly.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use clap::{Arg, Command};
use contracts::topology::QUEUES;
use sqlx::migrate::Migrator;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::bus::{Bus, BusConfig, Consumer, Names};
use crate::clock::Clock;
use crate::config::{BadConfig, Common};
use crate::context::Keys;
use crate::http::Readiness;
use crate::lifecycle::Tasks;
use crate::metrics::Metrics;
use crate::offices::Offices;
use crate::outbox::Relay;
use crate::telemetry::LogConfig;
use crate::{Context, Db, dead_letters, housekeeping, http, lifecycle};

/// One of the five services.
pub trait Daemon: Send + 'static {
    /// Its knobs, beside the common ones.
    type Config: clap::Args + Clone + Send + Sync + 'static;
    /// Such as `case-service`.
    const NAME: &'static str;
    /// One line for `--help`.
    const ABOUT: &'static str;
    /// The port that it listens on by default.
    const PORT: u16;
    /// When it can do its main job. By default: when the database answers.
    const READY: Readiness = |dependencies| dependencies.database == "up";

    /// Its tables.
    fn migrator() -> &'static Migrator;
    /// Its API.
    fn openapi() -> utoipa::openapi::OpenApi;
    /// Puts it together. Must not wait for the database or the broker: both may be away.
    fn build(ctx: Context, config: Self::Config) -> anyhow::Result<Service>;
}

/// A service, put together: routes and consumers. Workers are spawned on `ctx.tasks`.
#[derive(Debug, Default)]
pub struct Service {
    router: Router,
    consumers: Vec<Consumer>,
}

impl Service {
    /// Routes with their state applied; internal ones behind [`http::internal`].
    pub fn new(router: Router) -> Self {
        Self { router, consumers: Vec::new() }
    }

    /// Adds a queue and its handler.
    #[must_use]
    pub fn consumer(mut self, consumer: Consumer) -> Self {
        self.consumers.push(consumer);
        self
    }

    /// The routes with everything that stands around them; what tests call in process.
    pub fn into_parts<D: Daemon>(self, ctx: &Context) -> anyhow::Result<(Router, Vec<Consumer>)> {
        let openapi = serde_json::to_value(D::openapi())?;
        let standard = http::routes(openapi, D::READY).with_state(ctx.clone());
        let letters = http::internal(dead_letters::routes(), ctx).with_state(ctx.clone());
        Ok((http::around(self.router.merge(standard).merge(letters), ctx), self.consumers))
    }
}

/// Starts what works in the background: migration, relay, consumers, dead letters, housekeeping.
pub fn start_workers(ctx: &Context, consumers: Vec<Consumer>) {
    let queues = crate::bus::start(ctx, consumers);
    for queue in queues.into_values() {
        ctx.tasks.spawn("dead letters", dead_letters::drain(ctx.clone(), queue));
    }
    ctx.tasks.spawn("outbox relay", Relay::new(ctx).run(ctx.clone()));
    ctx.tasks.spawn("housekeeping", housekeeping::run(ctx.clone()));
}

/// The body of every service's `main`.
pub fn main<D: Daemon>() -> ExitCode {
    let command = command::<D>();
    let matches = command.clone().get_matches();
    let result = match matches.subcommand() {
        Some(("healthcheck", sub)) => healthcheck(sub.get_one::<u16>("port").copied().unwrap_or(D::PORT)),
        Some(("openapi", _)) => print_openapi::<D>(),
        Some(("migrate", _)) => configured::<D>().and_then(|(common, log, _)| {
            crate::telemetry::start(&log)?;
            runtime()?.block_on(async { Ok(Db::lazy(&common)?.migrate(D::migrator()).await?) })
        }),
        _ => configured::<D>().and_then(|(common, log, config)| {
            crate::telemetry::start(&log)?;
            runtime()?.block_on(serve::<D>(common, config))
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(
                clippy::print_stderr,
                reason = "logging may not have started; this is the last word of the process"
            )]
            {
                eprintln!("{}: {error:#}", D::NAME);
            }
            ExitCode::FAILURE
        }
    }
}

/// Arguments are shown by `--help`; values come from the environment.
fn command<D: Daemon>() -> Command {
    let command = Command::new(D::NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(D::ABOUT)
        .subcommand_negates_reqs(true)
        .subcommand(Command::new("serve").about("Serve (what it does without a subcommand)"))
        .subcommand(
            Command::new("healthcheck").about("Ask the running service how it is; for container health checks").arg(
                Arg::new("port")
                    .long("port")
                    .env("PORT")
                    .value_parser(clap::value_parser!(u16))
                    .help("Port that it listens on"),
            ),
        )
        .subcommand(Command::new("migrate").about("Bring the database up to date and end"))
        .subcommand(Command::new("openapi").about("Print the OpenAPI document"));
    // Shown, but not demanded: what is missing is told by `configured`, all at once.
    all_args::<D>(command).mut_args(|arg| crate::config::without_empty(arg).required(false))
}

fn all_args<D: Daemon>(command: Command) -> Command {
    use clap::Args as _;
    D::Config::augment_args(LogConfig::augment_args(Common::augment_args(command)))
}

/// Reads everything, or names everything that is missing or wrong.
fn configured<D: Daemon>() -> anyhow::Result<(Common, LogConfig, D::Config)> {
    use clap::FromArgMatches as _;
    let command = all_args::<D>(Command::new(D::NAME)).mut_args(crate::config::without_empty);
    let mut problems = crate::config::problems::<Common>();
    problems.extend(crate::config::problems::<LogConfig>());
    problems.extend(crate::config::problems::<D::Config>());
    if !problems.is_empty() {
        return Err(BadConfig(problems).into());
    }
    let matches = command.try_get_matches().map_err(|error| BadConfig(vec![error.kind().to_string()]))?;
    let bad = |error: clap::Error| BadConfig(vec![error.kind().to_string()]);
    Ok((
        Common::from_arg_matches(&matches).map_err(bad)?,
        LogConfig::from_arg_matches(&matches).map_err(bad)?,
        D::Config::from_arg_matches(&matches).map_err(bad)?,
    ))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Serves until it is stopped.
async fn serve<D: Daemon>(common: Common, config: D::Config) -> anyhow::Result<()> {
    let (tasks, watch) = Tasks::new();
    let bus = Bus::new(BusConfig {
        url: common.amqp_url.clone(),
        names: Names::production(),
        queues: QUEUES.to_vec(),
        connection_name: D::NAME.to_owned(),
    });
    let ctx = Context {
        service: D::NAME,
        db: Db::lazy(&common)?,
        bus: bus.clone(),
        clock: Clock::system(),
        tasks: tasks.clone(),
        metrics: Metrics::new()?,
        offices: Offices::default(),
        outbox: crate::outbox::Waker::default(),
        keys: Keys {
            internal: common.internal_api_key.clone(),
            internal_previous: common.internal_api_key_previous.clone(),
            actor: common.actor_key.clone(),
        },
    };
    let (router, consumers) = D::build(ctx.clone(), config)?.into_parts::<D>(&ctx)?;

    let address = SocketAddr::new(common.host, common.port.unwrap_or(D::PORT));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| anyhow::anyhow!("PORT: can't listen on {address}: {error}"))?;
    info!(%address, "{} {} listens", D::NAME, env!("CARGO_PKG_VERSION"));

    // The bus outlives the other tasks, so that what they finish is still acked.
    let bus_stop = CancellationToken::new();
    let bus_task = lifecycle::spawn_last(bus.keep_connected(bus_stop.clone()));
    start_workers(&ctx, consumers);
    // A migration that fails ends the process; one that succeeds leaves nothing to do.
    let migrating = ctx.clone();
    tasks.spawn("migration", async move {
        tokio::select! {
            done = migrating.db.migrate_when_up(D::migrator()) => done?,
            () = migrating.tasks.shutdown().cancelled() => return Ok(()),
        }
        migrating.tasks.shutdown().cancelled().await;
        Ok(())
    });
    let stop = tasks.shutdown().clone();
    tasks.spawn("http", async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        Ok(axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await?)
    });

    let end = lifecycle::until_stopped(&tasks, watch).await;
    bus_stop.cancel();
    // The connection says goodbye; a broker that does not answer is not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(2), bus_task).await;
    end
}

fn print_openapi<D: Daemon>() -> anyhow::Result<()> {
    #[expect(clippy::print_stdout, reason = "the document is the output of this subcommand")]
    {
        println!("{}", D::openapi().to_pretty_json()?);
    }
    Ok(())
}

/// Asks `/health` on this machine.
fn healthcheck(port: u16) -> anyhow::Result<()> {
    let url = format!("http://127.0.0.1:{port}/health");
    runtime()?.block_on(async {
        let response = http::client::outside(Duration::from_secs(5))?.get(&url).send().await?;
        anyhow::ensure!(response.status().is_success(), "{url} answered {}", response.status());
        Ok(())
    })
}
