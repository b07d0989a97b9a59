//! What a demo keeps over restarts: its secrets, its ports and whether the office was filled.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::instance::secret;
use crate::place;
use crate::ports::{Ports, is_free};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    #[serde(skip)]
    path: PathBuf,
    pub internal_api_key: String,
    pub actor_key: String,
    pub identity_key: String,
    pub jwt_secret: String,
    pub verify_token: String,
    pub app_secret: String,
    pub access_token: String,
    pub phone_number_id: String,
    pub admin_password: String,
    database_secret: String,
    pub seeded: bool,
    /// The seeded weeks end here; kept, so that a seeding that goes on says the same as before.
    #[serde(default = "now")]
    pub made_at: i64,
    #[serde(skip)]
    pub ports: DemoPorts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DemoPorts {
    pub dashboard: u16,
    pub channel: u16,
    pub ai: u16,
    pub case: u16,
    pub notification: u16,
    pub simulator: u16,
}

impl Settings {
    pub fn open(dir: &Path) -> Result<Self> {
        let path = dir.join("settings.json");
        if let Ok(bytes) = fs::read(&path) {
            let found: Self = serde_json::from_slice(&bytes)
                .context("the demo's settings are damaged: run `cargo xtask demo --fresh`")?;
            return Ok(Self { path, ..found });
        }
        let settings = Self {
            path,
            internal_api_key: secret()?,
            actor_key: secret()?,
            identity_key: secret()?,
            jwt_secret: secret()?,
            verify_token: secret()?[..24].to_owned(),
            app_secret: secret()?[..32].to_owned(),
            access_token: format!("EAA{}", secret()?),
            phone_number_id: "106540352242922".to_owned(),
            admin_password: secret()?[..12].to_owned(),
            database_secret: secret()?,
            seeded: false,
            made_at: now(),
            ports: DemoPorts::default(),
        };
        settings.save()?;
        Ok(settings)
    }

    pub fn save(&self) -> Result<()> {
        place::write_whole(&self.path, &serde_json::to_vec_pretty(self)?, 0o600)
    }

    /// Every database role has its own.
    pub fn database_password(&self, role: &str) -> String {
        hex::encode(Sha256::digest(format!("{}{role}", self.database_secret)))
    }

    /// The well-known ports where they are free, else the next free ones after them.
    pub fn choose_ports(&mut self) -> Result<()> {
        self.ports = choose(is_free)?;
        Ok(())
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

fn choose(is_free: impl Fn(u16) -> bool) -> Result<DemoPorts> {
    let mut ports = Ports::default();
    let known = [3000, 3001, 3002, 3003, 3004, 3099];
    let mut chosen = [0; 6];
    for (slot, wanted) in chosen.iter_mut().zip(known) {
        if is_free(wanted) {
            *slot = ports.from(wanted)?;
        }
    }
    for (slot, wanted) in chosen.iter_mut().zip(known) {
        if *slot == 0 {
            *slot = ports.from(if wanted == 3099 { 3100 } else { 3005 })?;
        }
    }
    let [dashboard, channel, ai, case, notification, simulator] = chosen;
    Ok(DemoPorts { dashboard, channel, ai, case, notification, simulator })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_busy_port_moves_one_service_only() {
        let ports = choose(|port| port != 3000).unwrap();
        assert!((3005..3099).contains(&ports.dashboard) || ports.dashboard > 3099);
        let all = [ports.dashboard, ports.channel, ports.ai, ports.case, ports.notification, ports.simulator];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn secrets_stay_the_same_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let one = Settings::open(dir.path()).unwrap();
        let two = Settings::open(dir.path()).unwrap();
        assert_eq!(one.internal_api_key, two.internal_api_key);
        assert_eq!(one.admin_password, two.admin_password);
        assert_eq!(fs::metadata(&one.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
