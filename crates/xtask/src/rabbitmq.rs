//! A private RabbitMQ node: loopback only, its own epmd, cookie and data.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use crate::instance::Record;
use crate::place;
use crate::process::{self, Background, Found, RunAs};
use crate::tools::rabbitmq::RabbitTools;

#[derive(Debug)]
pub struct Rabbit {
    pub tools: RabbitTools,
    pub dir: PathBuf,
    pub log: PathBuf,
    pub instance: PathBuf,
    pub node: String,
    pub record: Record,
    pub run_as: Option<RunAs>,
}

impl Rabbit {
    pub fn start(&self) -> Result<()> {
        self.make_home()?;
        let mut command = Command::new(&self.tools.server);
        let mut path = "/usr/sbin:/usr/bin:/sbin:/bin".to_owned();
        if let Some(more) = &self.tools.path {
            path = format!("{}:{path}", more.display());
        }
        command
            .current_dir(&self.dir)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.dir.join("home"))
            .env("LC_ALL", "C.UTF-8")
            .env("RABBITMQ_NODENAME", format!("{}@localhost", self.node))
            .env("RABBITMQ_NODE_PORT", self.record.amqp_port.to_string())
            .env("RABBITMQ_DIST_PORT", self.record.dist_port.to_string())
            .env("RABBITMQ_MNESIA_BASE", self.dir.join("data"))
            .env("RABBITMQ_LOG_BASE", self.dir.join("log"))
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", self.dir.join("enabled_plugins"))
            .env("RABBITMQ_CONFIG_FILE", self.dir.join("rabbitmq.conf"))
            .env("RABBITMQ_CONF_ENV_FILE", self.dir.join("none.conf"))
            .env("RABBITMQ_PID_FILE", self.dir.join("pid"))
            .env("ERL_EPMD_PORT", self.record.epmd_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            // The distribution port would listen to the world. Two schedulers that don't spin: it shares the machine.
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2");
        let mut child = process::start(Background { command, mark: self.mark(), log: &self.log, run_as: self.run_as })?;
        let mut ended = None;
        let ready = process::wait_until(Duration::from_secs(90), || {
            process::stop_if_interrupted()?;
            ended = child.try_wait()?;
            Ok(ended.is_some() || self.answers())
        })?;
        if let Some(status) = ended {
            self.stop()?;
            bail!("RabbitMQ ended at once ({status}): see {}\n{}", self.log.display(), process::tail(&self.log, 12));
        }
        if !ready {
            bail!("RabbitMQ doesn't answer: see {}", self.log.display());
        }
        Ok(())
    }

    /// Ends the node, then what it leaves behind: its epmd.
    pub fn stop(&self) -> Result<()> {
        let node = || self.processes().into_iter().filter(|found| found.name == "beam.smp").collect();
        process::end(node, Signal::SIGTERM, Duration::from_secs(30))?;
        self.kill()
    }

    pub fn kill(&self) -> Result<()> {
        process::end(|| self.processes(), Signal::SIGKILL, Duration::from_secs(5))
    }

    pub fn processes(&self) -> Vec<Found> {
        process::marked(&self.mark())
    }

    /// The listener opens last, when the vhost and its user exist; its first word is a Connection.Start frame.
    pub fn answers(&self) -> bool {
        self.record.amqp_port != 0 && !self.processes().is_empty() && greets(self.record.amqp_port)
    }

    fn mark(&self) -> String {
        process::mark(&self.instance, "rabbitmq")
    }

    fn make_home(&self) -> Result<()> {
        place::own_folder(&self.dir, 0o711)?;
        let configuration = format!(
            "listeners.tcp.local = 127.0.0.1:{port}\n\
             default_vhost = /govconnect\n\
             default_user = govconnect\n\
             default_pass = {password}\n\
             vm_memory_high_watermark.absolute = 1GB\n\
             disk_free_limit.absolute = 50MB\n\
             raft.wal_max_size_bytes = 64000000\n\
             log.console = true\n\
             log.console.level = warning\n",
            port = self.record.amqp_port,
            password = self.record.amqp_password,
        );
        place::write_whole(&self.dir.join("rabbitmq.conf"), configuration.as_bytes(), 0o600)?;
        place::write_whole(&self.dir.join("enabled_plugins"), b"[].\n", 0o644)?;
        for folder in ["home", "data", "log"] {
            fs::create_dir_all(self.dir.join(folder))?;
        }
        let cookie = self.dir.join("home/.erlang.cookie");
        if !cookie.is_file() {
            place::write_whole(&cookie, self.record.cookie.as_bytes(), 0o400)?;
        }
        if let Some(user) = self.run_as {
            for path in [".", "rabbitmq.conf", "enabled_plugins", "home", "home/.erlang.cookie", "data", "log"] {
                if path != "." {
                    chown(self.dir.join(path), Some(user.uid), Some(user.gid))?;
                }
            }
            // The pid file is written beside them.
            fs::write(self.dir.join("pid"), "")?;
            chown(self.dir.join("pid"), Some(user.uid), Some(user.gid))?;
        }
        fs::set_permissions(&cookie, fs::Permissions::from_mode(0o400))?;
        Ok(())
    }
}

fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(2)) else { return false };
    let mut first = [0_u8; 1];
    stream.set_read_timeout(Some(Duration::from_secs(3))).is_ok()
        && stream.write_all(b"AMQP\x00\x00\x09\x01").is_ok()
        && stream.read_exact(&mut first).is_ok()
        && first == [1]
}
