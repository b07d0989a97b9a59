//! Our programs as `cargo xtask bench` built them, started for one measurement with databases of their own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use e2e::http::{Caller, client};
use e2e::process::Program;
use e2e::{Service, broker, ports, webhook, within};
use reqwest::{Client, StatusCode};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

use crate::database::Fresh;

/// What every citizen writes.
const TEXT: &str = "Selamat pagi";

/// Servers, keys and addresses.
#[derive(Debug)]
pub struct Programs {
    pub amqp_url: String,
    pub secret: String,
    pub phone_number_id: String,
    owner: Url,
    folder: TempDir,
    binaries: PathBuf,
    ports: BTreeMap<Service, u16>,
    client: Client,
}

/// Programs that run, and end with this.
#[derive(Debug)]
pub struct Running {
    programs: Vec<Program>,
    databases: Vec<Fresh>,
}

/// A webhook with one text; all are of one size.
pub fn body(phone_number_id: &str, citizen: &str) -> Result<Vec<u8>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let wamid = format!("wamid.{}", Uuid::now_v7().simple());
    Ok(webhook::text(phone_number_id, citizen, &wamid, i64::try_from(seconds)?, TEXT).to_string().into_bytes())
}

/// A citizen nobody met before.
pub fn citizen(index: usize) -> String {
    format!("62812{index:08}")
}

impl Programs {
    pub fn new() -> Result<Self> {
        let variable =
            |name: &str| std::env::var(name).with_context(|| format!("{name} is not set: run `cargo xtask bench`"));
        let ports = ports::free(Service::ALL.len())?;
        Ok(Self {
            amqp_url: variable("GOVCONNECT_TEST_AMQP_URL")?,
            owner: variable("GOVCONNECT_TEST_OWNER_URL")?.parse()?,
            secret: Uuid::new_v4().simple().to_string(),
            phone_number_id: "106540352242922".to_owned(),
            folder: tempfile::Builder::new().prefix("govconnect-bench-").tempdir()?,
            binaries: variable("GOVCONNECT_BIN_DIR")?.into(),
            ports: Service::ALL.into_iter().zip(ports).collect(),
            client: client()?,
        })
    }

    /// PostgreSQL as the role that owns test databases.
    pub fn owner_url(&self) -> &Url {
        &self.owner
    }

    /// Where one of our programs lies.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    pub fn url(&self, service: Service) -> String {
        format!("http://127.0.0.1:{}", self.ports.get(&service).copied().unwrap_or_default())
    }

    pub fn call(&self, service: Service) -> Caller {
        Caller::new(self.client.clone(), self.url(service)).with("x-internal-api-key", &self.secret)
    }

    /// Starts these, with the Graph API at this address, and waits until they are ready.
    pub async fn start(&self, services: &[Service], graph: &str) -> Result<Running> {
        broker::purge(&self.amqp_url).await?;
        let mut running = Running { programs: Vec::new(), databases: Vec::new() };
        for service in services {
            let name = service.program();
            let database = Fresh::make(&self.owner, &format!("bench_{}", service.database())).await?;
            let environment = self.environment(*service, &database.url, graph);
            running.databases.push(database);
            let log = self.folder.path().join(format!("{name}.log"));
            let mut program = Program::new(name, self.binaries.join(name), environment, log);
            program.start()?;
            running.programs.push(program);
        }
        for service in services {
            within(std::time::Duration::from_mins(1), &format!("{} is ready", service.program()), async || {
                Ok((self.call(*service).get("/ready").await?.status == StatusCode::OK).then_some(()))
            })
            .await?;
        }
        Ok(running)
    }

    fn environment(&self, service: Service, database: &Url, graph: &str) -> BTreeMap<String, String> {
        let secret = || self.secret.clone();
        [
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", self.ports.get(&service).copied().unwrap_or_default().to_string()),
            ("RUST_LOG", "error".to_owned()),
            ("DATABASE_URL", database.to_string()),
            ("AMQP_URL", self.amqp_url.clone()),
            ("INTERNAL_API_KEY", secret()),
            ("ACTOR_KEY", secret()),
            ("IDENTITY_KEY", secret()),
            ("JWT_SECRET", secret()),
            ("WHATSAPP_VERIFY_TOKEN", secret()),
            ("WHATSAPP_APP_SECRET", secret()),
            ("WHATSAPP_ACCESS_TOKEN", secret()),
            ("WHATSAPP_PHONE_NUMBER_ID", self.phone_number_id.clone()),
            ("WHATSAPP_GRAPH_URL", graph.to_owned()),
            ("MEDIA_URL", format!("file://{}", self.folder.path().display())),
            ("CHANNEL_SERVICE_URL", self.url(Service::Channel)),
            ("AI_SERVICE_URL", self.url(Service::Ai)),
            ("CASE_SERVICE_URL", self.url(Service::Case)),
            ("NOTIFICATION_SERVICE_URL", self.url(Service::Notification)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

impl Running {
    /// The database of the first program.
    pub fn database(&self) -> Result<&Url> {
        self.databases.first().map(|database| &database.url).context("no program runs")
    }

    /// Ends the programs and drops their databases.
    pub async fn end(self) -> Result<()> {
        drop(self.programs);
        for database in self.databases {
            database.drop().await?;
        }
        Ok(())
    }
}

/// Sends signed webhooks to channel-service.
#[derive(Debug, Clone)]
pub struct Meta {
    client: Client,
    url: String,
    secret: String,
}

impl Meta {
    pub fn new(programs: &Programs) -> Self {
        let url = format!("{}/webhook/whatsapp", programs.url(Service::Channel));
        Self { client: programs.client.clone(), url, secret: programs.secret.clone() }
    }

    /// One webhook; anything but 200 is an error.
    pub async fn send(&self, body: Vec<u8>) -> Result<()> {
        let signature = webhook::signature(&self.secret, &body)?;
        let request = self.client.post(&self.url).header("x-hub-signature-256", signature).body(body);
        let answer = request.send().await?;
        anyhow::ensure!(answer.status() == StatusCode::OK, "the webhook was answered {}", answer.status());
        Ok(())
    }
}
