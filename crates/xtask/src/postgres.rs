//! A private PostgreSQL: loopback TCP only, a password for everybody, data in the instance's folder.

use std::fs;
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::place;
use crate::process::{self, Background, Found, RunAs};

#[derive(Debug)]
pub struct Postgres {
    pub bin: PathBuf,
    pub dir: PathBuf,
    pub log: PathBuf,
    pub instance: PathBuf,
    pub port: u16,
    pub password: String,
    pub durable: bool,
    pub run_as: Option<RunAs>,
}

impl Postgres {
    /// Starts it; data that isn't there is made first.
    pub fn start(&self) -> Result<()> {
        if !self.data().join("PG_VERSION").is_file() {
            self.make_data()?;
        }
        // Left by a kill -9. No process stands in the data folder (the caller made sure), so the pid in it means nothing,
        // even if by now another program of the same user has it.
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
        let mut command = Command::new(self.bin.join("postgres"));
        command.arg("-D").arg(self.data()).current_dir(self.data());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        let on = if self.durable { "on" } else { "off" };
        for setting in [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "max_connections=400".to_owned(),
            "shared_buffers=128MB".to_owned(),
            format!("fsync={on}"),
            format!("synchronous_commit={on}"),
            format!("full_page_writes={on}"),
            "log_min_messages=warning".to_owned(),
            "log_line_prefix=%m %d %u ".to_owned(),
            "max_wal_size=1GB".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        let mark = process::mark(&self.instance, "postgres");
        let mut child = process::start(Background { command, mark, log: &self.log, run_as: self.run_as })?;
        let mut ended = None;
        let ready = process::wait_until(Duration::from_mins(1), || {
            process::stop_if_interrupted()?;
            ended = child.try_wait()?;
            Ok(ended.is_some() || self.answers())
        })?;
        if let Some(status) = ended {
            bail!("PostgreSQL ended at once ({status}): see {}\n{}", self.log.display(), process::tail(&self.log, 6));
        }
        if !ready {
            bail!("PostgreSQL doesn't answer: see {}", self.log.display());
        }
        self.sql("template1", "CREATE EXTENSION IF NOT EXISTS vector")?;
        Ok(())
    }

    pub fn stop(&self) -> Result<()> {
        let master = || -> Vec<Found> {
            let all = self.processes();
            // The postmaster is the oldest; its children end with it.
            all.into_iter().min_by_key(|process| process.pid).into_iter().collect()
        };
        process::end(master, Signal::SIGINT, Duration::from_secs(20))?;
        process::end(|| self.processes(), Signal::SIGQUIT, Duration::from_secs(5))
    }

    pub fn kill(&self) -> Result<()> {
        process::end(|| self.processes(), Signal::SIGKILL, Duration::from_secs(5))
    }

    pub fn processes(&self) -> Vec<Found> {
        process::standing_in(&self.data())
    }

    pub fn answers(&self) -> bool {
        self.port != 0 && !self.processes().is_empty() && self.sql("postgres", "SELECT 1").is_ok()
    }

    /// Runs statements as the superuser.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        process::output(self.psql("postgres", &self.password, database).args(["-c", sql]))
    }

    /// A `psql` that prints bare values and stops at the first error.
    pub fn psql(&self, role: &str, password: &str, database: &str) -> Command {
        let mut command = Command::new(self.bin.join("psql"));
        command
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", role, "-d", database])
            .env_clear()
            .env("PGPASSWORD", password)
            .env("PGCONNECT_TIMEOUT", "10")
            .env("PGOPTIONS", "--client-min-messages=warning")
            .env("PATH", "/usr/bin:/bin");
        command
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// `initdb` into a folder that gets its name when it is complete.
    fn make_data(&self) -> Result<()> {
        place::own_folder(&self.dir, 0o711)?;
        let half = self.dir.join("data.half");
        for left in [&half, &self.data()] {
            if left.exists() {
                fs::remove_dir_all(left)?;
            }
        }
        place::own_folder(&half, 0o700)?;
        let password = self.dir.join("password");
        place::write_whole(&password, self.password.as_bytes(), 0o600)?;
        let mut initdb = Command::new(self.bin.join("initdb"));
        initdb
            .args(["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--pwfile"])
            .arg(&password)
            .arg("-D")
            .arg(&half)
            .env("LC_ALL", "C.UTF-8")
            .current_dir(&self.dir);
        if let Some(user) = self.run_as {
            use std::os::unix::process::CommandExt as _;
            chown(&half, Some(user.uid), Some(user.gid))?;
            chown(&password, Some(user.uid), Some(user.gid))?;
            initdb.uid(user.uid).gid(user.gid);
        }
        process::output(&mut initdb).context("PostgreSQL's data folder can't be made")?;
        fs::remove_file(&password)?;
        fs::rename(&half, self.data())?;
        Ok(())
    }
}
