//! The process that reads files: `ai-service extract [mime type]`, bytes in, JSON out.
//!
//! Started by the worker for every file. What must stay true: it has no secrets and no connections, a limit of memory
//! and of processor time, and is killed when it takes too long.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::resource::{Resource, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{Block, MOST_BYTES, Reason};

/// The word on the command line.
pub const COMMAND: &str = "extract";
/// How long a file may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Processor seconds, and bytes of memory.
const SECONDS: u64 = 45;
const MEMORY: u64 = 1024 * 1024 * 1024;
/// Deep structures are read by recursion in libraries: a generous stack, in a process that may die of it.
const STACK: usize = 64 * 1024 * 1024;

/// What the process answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Blocks(Vec<Block>),
    Reason(Reason),
}

/// The program that is started.
#[derive(Debug, Clone)]
pub struct Extractor {
    program: PathBuf,
    patience: Duration,
}

impl Extractor {
    /// This program itself.
    pub fn this() -> anyhow::Result<Self> {
        Ok(Self::of(std::env::current_exe().context("where is this program?")?))
    }

    /// A program that has the subcommand.
    pub fn of(program: PathBuf) -> Self {
        Self { program, patience: PATIENCE }
    }

    /// The same with less patience.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Reads a file. An error means that no process could be started: the file is not to blame.
    pub async fn read(&self, bytes: &[u8], mime_type: Option<&str>) -> std::io::Result<Result<Vec<Block>, Reason>> {
        let mut child = Command::new(&self.program)
            .arg(COMMAND)
            .arg(mime_type.unwrap_or_default())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut input = child.stdin.take();
        let feed = async {
            if let Some(input) = &mut input {
                // A process that died before it read everything says so by its end.
                let _ = input.write_all(bytes).await;
                let _ = input.shutdown().await;
            }
            drop(input);
        };
        let both = async { tokio::join!(feed, child.wait_with_output()).1 };
        let Ok(output) = tokio::time::timeout(self.patience, both).await else {
            return Ok(Err(Reason::TooComplex));
        };
        let output = output?;
        if !output.status.success() {
            tracing::info!(status = %output.status, "a document broke its reader");
            return Ok(Err(Reason::TooComplex));
        }
        Ok(match serde_json::from_slice(&output.stdout) {
            Ok(Answer::Blocks(blocks)) => Ok(blocks),
            Ok(Answer::Reason(reason)) => Err(reason),
            Err(_) => Err(Reason::Damaged),
        })
    }
}

/// The body of the process.
pub fn main(mime_type: Option<&str>) -> anyhow::Result<()> {
    setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY).context("no limit of memory")?;
    setrlimit(Resource::RLIMIT_CPU, SECONDS, SECONDS).context("no limit of time")?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).context("no limit of cores")?;
    let mut bytes = Vec::new();
    std::io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    let mime_type = mime_type.filter(|text| !text.is_empty()).map(str::to_owned);
    let reading =
        std::thread::Builder::new().stack_size(STACK).spawn(move || super::read(&bytes, mime_type.as_deref()))?;
    let answer = match reading.join() {
        Ok(Ok(blocks)) => Answer::Blocks(blocks),
        Ok(Err(reason)) => Answer::Reason(reason),
        // A parser gave up in a way of its own.
        Err(_) => Answer::Reason(Reason::Damaged),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()?;
    Ok(())
}
