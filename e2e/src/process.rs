//! One program: started, killed, started again, and its last words.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::leftovers::MARK;

/// A program with what it needs to be started again as it was.
#[derive(Debug)]
pub struct Program {
    pub name: &'static str,
    path: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    pub log: PathBuf,
    child: Option<Child>,
}

impl Program {
    /// A program that is not started yet.
    pub fn new(name: &'static str, path: PathBuf, environment: BTreeMap<String, String>, log: PathBuf) -> Self {
        Self { name, path, arguments: Vec::new(), environment, log, child: None }
    }

    /// The same with arguments.
    #[must_use]
    pub fn with_arguments(mut self, arguments: Vec<String>) -> Self {
        self.arguments = arguments;
        self
    }

    /// Starts it; its words are added to its log.
    pub fn start(&mut self) -> Result<()> {
        let log = fs::File::options().create(true).append(true).open(&self.log)?;
        let child = Command::new(&self.path)
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .env(MARK, crate::leftovers::mark())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| {
                format!("can't start {}: build it with `cargo build --workspace --bins`", self.path.display())
            })?;
        self.child = Some(child);
        Ok(())
    }

    /// Ends it with SIGKILL, as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// `Some(why)` when it ended by itself.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        Some(format!("{} ended by itself ({status})\n{}", self.name, tail(&self.log, 12)))
    }

    /// Its process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What can't be killed is gone already.
        let _ = self.kill();
    }
}

/// The end of a log.
pub fn tail(log: &Path, count: usize) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
