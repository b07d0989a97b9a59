//! A set of private servers with a name (`test`, `demo`, `bench`, …): one PostgreSQL and one RabbitMQ, their ports and
//! passwords. `setup`, `test`, `demo` and `bench` start theirs here; the system tests stop and kill theirs through
//! `cargo xtask servers`.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use nix::unistd::{User, geteuid};
use serde::{Deserialize, Serialize};

use crate::lock::{self, Lock};
use crate::place::{self, Place};
use crate::ports::Ports;
use crate::postgres::Postgres;
use crate::process::RunAs;
use crate::rabbitmq::Rabbit;
use crate::tools::postgres::PostgresTools;
use crate::tools::rabbitmq::RabbitTools;

/// The role that tests make their databases with; like the services' roles it can't step over row-level security.
pub const TEST_OWNER: &str = "gc_test_owner";

/// Kept in `instance.json`, so that a restart finds its data and its addresses again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    pub postgres_port: u16,
    pub postgres_password: String,
    pub owner_password: String,
    pub amqp_port: u16,
    pub dist_port: u16,
    pub epmd_port: u16,
    pub amqp_password: String,
    pub cookie: String,
}

#[derive(Debug)]
pub struct Instance {
    pub name: String,
    pub dir: PathBuf,
    pub record: Record,
    /// Whether commits survive a power cut. Tests don't need that and are much faster without.
    pub durable: bool,
    place: Place,
    _lock: Lock,
}

impl Instance {
    /// Opens an instance and keeps others from starting or stopping its servers meanwhile.
    pub fn open(place: &Place, name: &str, durable: bool) -> Result<Self> {
        let lock = lock::take(&place.state.join(format!("{name}.lock")), &format!("starting or stopping `{name}`"))?;
        let dir = place.state.join(name);
        place::own_folder(&dir, 0o711)?;
        let record = match fs::read(dir.join("instance.json")) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).context("instance.json is damaged: run `cargo xtask down --wipe`")?
            }
            Err(_) => Record {
                postgres_password: secret()?,
                owner_password: secret()?,
                amqp_password: secret()?,
                cookie: secret()?,
                ..Record::default()
            },
        };
        let instance = Self { name: name.to_owned(), dir, record, durable, place: place.clone(), _lock: lock };
        instance.save()?;
        Ok(instance)
    }

    pub fn save(&self) -> Result<()> {
        place::write_whole(&self.dir.join("instance.json"), &serde_json::to_vec_pretty(&self.record)?, 0o600)
    }

    /// Starts PostgreSQL unless it runs; `true` when it had to be started.
    pub fn start_postgres(&mut self, tools: &PostgresTools) -> Result<bool> {
        let server = self.postgres(tools)?;
        if server.answers() {
            return Ok(false);
        }
        server.stop()?;
        let _ports = lock::take(&self.place.shared_lock("ports"), "choosing ports")?;
        self.record.postgres_port = self.ports().keep(self.record.postgres_port, &self.place.hash)?;
        self.save()?;
        self.postgres(tools)?.start()?;
        Ok(true)
    }

    /// Ports that are free and not another instance's of this clone.
    fn ports(&self) -> Ports {
        let neighbours = fs::read_dir(&self.place.state).into_iter().flatten().flatten().map(|entry| entry.path());
        let records = neighbours
            .filter(|dir| *dir != self.dir)
            .filter_map(|dir| fs::read(dir.join("instance.json")).ok())
            .filter_map(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        Ports::beside(
            records.flat_map(|record| [record.postgres_port, record.amqp_port, record.dist_port, record.epmd_port]),
        )
    }

    /// Starts RabbitMQ unless it runs; `true` when it had to be started.
    pub fn start_rabbit(&mut self, tools: &RabbitTools) -> Result<bool> {
        let server = self.rabbit(tools)?;
        if server.answers() {
            return Ok(false);
        }
        server.stop()?;
        let _ports = lock::take(&self.place.shared_lock("ports"), "choosing ports")?;
        let mut ports = self.ports();
        self.record.amqp_port = ports.keep(self.record.amqp_port, &self.place.hash)?;
        self.record.dist_port = ports.keep(self.record.dist_port, &self.place.hash)?;
        self.record.epmd_port = ports.keep(self.record.epmd_port, &self.place.hash)?;
        self.save()?;
        self.rabbit(tools)?.start()?;
        Ok(true)
    }

    pub fn postgres(&self, tools: &PostgresTools) -> Result<Postgres> {
        Ok(Postgres {
            bin: tools.bin.clone(),
            dir: self.dir.join("postgres"),
            log: self.log("postgres"),
            instance: self.dir.clone(),
            port: self.record.postgres_port,
            password: self.record.postgres_password.clone(),
            durable: self.durable,
            run_as: server_user(&["postgres", "nobody"])?,
        })
    }

    pub fn rabbit(&self, tools: &RabbitTools) -> Result<Rabbit> {
        Ok(Rabbit {
            tools: tools.clone(),
            dir: self.dir.join("rabbitmq"),
            log: self.log("rabbitmq"),
            instance: self.dir.clone(),
            node: format!("govconnect-{}-{}", self.place.hash, self.name),
            record: self.record.clone(),
            run_as: server_user(&["rabbitmq", "nobody"])?,
        })
    }

    pub fn log(&self, role: &str) -> PathBuf {
        self.place.logs().join(format!("{}-{role}.log", self.name))
    }

    pub fn admin_url(&self) -> String {
        self.database_url("postgres", &self.record.postgres_password, "postgres")
    }

    pub fn database_url(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.record.postgres_port)
    }

    pub fn amqp_url(&self) -> String {
        format!("amqp://govconnect:{}@127.0.0.1:{}/%2Fgovconnect", self.record.amqp_password, self.record.amqp_port)
    }
}

/// PostgreSQL refuses to run as root, and RabbitMQ has no need to.
fn server_user(names: &[&str]) -> Result<Option<RunAs>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    for name in names {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(RunAs { uid: user.uid.as_raw(), gid: user.gid.as_raw() }));
        }
    }
    anyhow::bail!("root can't run PostgreSQL and there is neither a user `postgres` nor `nobody`: add one")
}

/// 32 random bytes as hex.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex::encode(bytes))
}
