//! PostgreSQL and RabbitMQ of these tests alone, through `cargo xtask servers`: no server that others use is touched.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use url::Url;

/// The instance's name. A kill of RabbitMQ or PostgreSQL must lose nothing, so they are durable.
const INSTANCE: [&str; 3] = ["--instance", "e2e", "--durable"];

/// One of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    Postgres,
    Rabbitmq,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Rabbitmq => "rabbitmq",
        }
    }
}

/// Their addresses.
#[derive(Debug, Clone, Deserialize)]
pub struct Servers {
    /// As superuser: makes databases, looks behind row-level security.
    pub admin_database_url: Url,
    pub amqp_url: String,
}

impl Servers {
    /// Starts both anew. What an earlier world left is thrown away, not emptied: RabbitMQ 3.10 stumbles when quorum queues
    /// are deleted right after a start.
    pub async fn start() -> Result<Self> {
        run(&["wipe"]).await?;
        let text = run(&["start"]).await?;
        let json = text.find('{').map(|start| &text[start..]).unwrap_or_default();
        serde_json::from_str(json).context("`xtask servers start` prints no addresses")
    }

    /// A database's address, as superuser.
    pub fn admin_of(&self, database: &str) -> Url {
        let mut url = self.admin_database_url.clone();
        url.set_path(database);
        url
    }

    /// Starts one of them again, at the same address, and waits until it answers.
    pub async fn start_again(&self, server: Server) -> Result<()> {
        run(&["start", "--only", server.name()]).await.map(drop)
    }

    /// Stops one of them in order.
    pub async fn stop(&self, server: Server) -> Result<()> {
        run(&["stop", "--only", server.name()]).await.map(drop)
    }

    /// Ends one of them with SIGKILL.
    pub async fn kill(&self, server: Server) -> Result<()> {
        run(&["kill", "--only", server.name()]).await.map(drop)
    }
}

/// Stops both; for the end of a world, where nothing can wait.
pub fn stop_all() {
    let mut command = xtask();
    let _ = command.args(["servers", "stop"]).args(INSTANCE).stdin(Stdio::null()).output();
}

/// The folder with the dashboard's browser half: from the environment, or built.
pub async fn site() -> Result<PathBuf> {
    if let Some(site) = std::env::var_os("LEPTOS_SITE_ROOT") {
        return Ok(site.into());
    }
    let text = output(xtask().arg("wasm")).await?;
    Ok(text.lines().last().context("`xtask wasm` prints no folder")?.into())
}

async fn run(arguments: &[&str]) -> Result<String> {
    output(xtask().arg("servers").args(arguments).args(INSTANCE)).await
}

async fn output(command: &mut Command) -> Result<String> {
    let mut command = tokio::process::Command::from(std::mem::replace(command, Command::new("true")));
    let output = command.stdin(Stdio::null()).output().await.context("can't start xtask: set GOVCONNECT_XTASK")?;
    if !output.status.success() {
        bail!("{:?} failed: {}", command.as_std(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn xtask() -> Command {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = if let Some(program) = std::env::var_os("GOVCONNECT_XTASK") {
        Command::new(program)
    } else {
        let mut cargo = Command::new("cargo");
        cargo.arg("xtask");
        cargo
    };
    command.current_dir(root);
    command
}
