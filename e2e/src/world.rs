//! The whole system, started for one test and ended with it, also when the test fails.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Client, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use crate::databases::Databases;
use crate::environment::Environment;
use crate::http::{Caller, client};
use crate::process::{Program, tail};
use crate::servers::{self, Servers};
use crate::{Service, broker, leftovers, ports, within};

/// With plain `cargo test` all tests are threads of one process: one world at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// How long the whole system may take to start.
const START: Duration = Duration::from_mins(2);

/// Five services, a simulator, and the servers under them.
#[derive(Debug)]
pub struct World {
    pub environment: Environment,
    pub servers: Servers,
    pub databases: Databases,
    client: Client,
    programs: Mutex<Vec<(Service, Program)>>,
    folder: TempDir,
    _alone: tokio::sync::MutexGuard<'static, ()>,
}

impl World {
    /// Starts everything, and waits until all is ready.
    pub async fn start() -> Result<Self> {
        Self::start_with(PathBuf::from("/nowhere")).await
    }

    /// The same with the dashboard's browser half.
    pub async fn start_with_browser_half() -> Result<Self> {
        Self::start_with(servers::site().await?).await
    }

    async fn start_with(site: PathBuf) -> Result<Self> {
        let alone = ONE_AT_A_TIME.lock().await;
        leftovers::end();
        let servers = Servers::start().await?;
        let databases = Databases::make(&servers).await?;
        let folder = tempfile::Builder::new().prefix("govconnect-e2e-").tempdir()?;
        std::fs::create_dir(folder.path().join("media"))?;
        let environment = Environment::new(&ports::free(Service::ALL.len())?, folder.path(), site);
        let world = Self {
            environment,
            servers,
            databases,
            client: client()?,
            programs: Mutex::default(),
            folder,
            _alone: alone,
        };
        world.start_programs()?;
        world.is_ready().await?;
        let settings = json!({"pair_limit": false, "throughput_per_second": 0});
        world.call(Service::Simulator).put("/sim/settings", &settings).await?.expect(StatusCode::OK)?;
        Ok(world)
    }

    fn start_programs(&self) -> Result<()> {
        let programs = programs_folder()?;
        for service in Service::ALL {
            let name = service.program();
            let environment = self.environment.of(service, &self.servers, &self.databases);
            let log = self.folder.path().join(format!("{name}.log"));
            let mut program = Program::new(name, programs.join(name), environment, log);
            program.start()?;
            self.programs().push((service, program));
        }
        Ok(())
    }

    fn programs(&self) -> MutexGuard<'_, Vec<(Service, Program)>> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until every program answers that it is ready.
    pub async fn is_ready(&self) -> Result<()> {
        for service in Service::ALL {
            let what = format!("{} is ready", service.program());
            within(START, &what, async || {
                self.none_has_ended()?;
                let answer = self.plain(service).get("/ready").await?;
                ensure!(answer.status == StatusCode::OK, "{}", answer.text);
                // channel-service is ready with the broker alone; a story begins when all is up.
                let health = self.plain(service).get("/health").await?;
                ensure!(!health.text.contains("degraded"), "{}", health.text);
                Ok(Some(()))
            })
            .await?;
        }
        Ok(())
    }

    fn none_has_ended(&self) -> Result<()> {
        for (_, program) in self.programs().iter_mut() {
            if let Some(why) = program.ended() {
                bail!(why);
            }
        }
        Ok(())
    }

    /// Kills a program and starts it again at once.
    pub fn kill(&self, service: Service) -> Result<()> {
        let mut programs = self.programs();
        let (_, program) = programs.iter_mut().find(|(one, _)| *one == service).context("it was started")?;
        program.kill()?;
        program.start()
    }

    /// Calls a program, as another service does.
    pub fn call(&self, service: Service) -> Caller {
        self.plain(service).with("x-internal-api-key", &self.environment.internal_api_key)
    }

    /// Calls a program without a key.
    pub fn plain(&self, service: Service) -> Caller {
        Caller::new(self.client.clone(), self.environment.url(service))
    }

    /// Waits until nothing is under way anywhere: queues, outboxes, turns, sends and webhooks are done.
    pub async fn is_quiet(&self, patience: Duration) -> Result<()> {
        // A delivery that is being handled stands in no queue: it must be quiet several times in a row.
        let quiet_looks = std::cell::Cell::new(0);
        within(patience, "nothing is under way", async || {
            let busy = self.under_way().await?;
            quiet_looks.set(if busy.is_empty() { quiet_looks.get() + 1 } else { 0 });
            ensure!(busy.is_empty(), "{}", busy.join(", "));
            Ok((quiet_looks.get() >= 8).then_some(()))
        })
        .await
    }

    async fn under_way(&self) -> Result<Vec<String>> {
        let mut busy = broker::waiting(&self.servers.amqp_url).await?;
        for service in Service::OURS {
            let count = self.databases.count(service, "SELECT count(*) FROM outbox").await?;
            if count > 0 {
                busy.push(format!("{}'s outbox: {count}", service.program()));
            }
        }
        for (service, what, sql) in [
            (Service::Channel, "turns", "SELECT count(*) FROM turns WHERE state <> 'closed'"),
            (
                Service::Channel,
                "sends",
                "SELECT count(*) FROM messages WHERE status IN ('queued', 'sending', 'unconfirmed')",
            ),
            (Service::Channel, "spooled webhooks", "SELECT count(*) FROM webhook_spool"),
            (
                Service::Notification,
                "notifications",
                "SELECT count(*) FROM notifications WHERE status IN ('pending', 'waiting_for_turn')",
            ),
            (Service::Ai, "plans", "SELECT count(*) FROM turn_plans WHERE finished_at IS NULL"),
        ] {
            let count = self.databases.count(service, sql).await?;
            if count > 0 {
                busy.push(format!("{what}: {count}"));
            }
        }
        let health = self.plain(Service::Simulator).get("/health").await?.json()?;
        if health["webhooks_pending"] != 0 {
            busy.push(format!("webhooks: {}", health["webhooks_pending"]));
        }
        Ok(busy)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let programs = self.programs.get_mut().unwrap_or_else(PoisonError::into_inner);
        if std::thread::panicking() || std::env::var_os("E2E_KEEP_LOGS").is_some() {
            for (_, program) in programs.iter() {
                eprintln!("--- {}: {}\n{}", program.name, program.log.display(), tail(&program.log, 15));
            }
            self.folder.disable_cleanup(true);
        }
        programs.clear();
        servers::stop_all();
    }
}

/// Where the programs are.
fn programs_folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("GOVCONNECT_BIN_DIR") {
        return Ok(folder.into());
    }
    // target/debug/deps/it-… → target/debug
    let test = std::env::current_exe()?;
    let folder = test.ancestors().nth(2).context("the test binary lies in a build folder")?;
    Ok(folder.to_owned())
}
