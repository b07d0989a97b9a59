//! RabbitMQ ≥ 3.10: Debian's, installed or unpacked into the cache.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use nix::unistd::geteuid;

use super::apt;
use crate::place::Place;

#[derive(Debug, Clone)]
pub struct RabbitTools {
    /// The start script.
    pub server: PathBuf,
    /// Folders to put before PATH: where `erl` is when it isn't installed.
    pub path: Option<PathBuf>,
}

const SERVER: &str = "usr/lib/rabbitmq/bin/rabbitmq-server";

pub fn provide(place: &Place) -> Result<RabbitTools> {
    let installed = Path::new("/").join(SERVER);
    if installed.is_file() {
        return Ok(RabbitTools { server: installed, path: None });
    }
    if geteuid().is_root() {
        apt::install(place, &["rabbitmq-server"])?;
        if !installed.is_file() {
            bail!(
                "rabbitmq-server was installed but {} is not there: install RabbitMQ ≥ 3.10 by hand",
                installed.display()
            );
        }
        return Ok(RabbitTools { server: installed, path: None });
    }
    let folder = super::unpacked(place, "rabbitmq", |into| {
        apt::unpack(place, &["rabbitmq-server", "erlang-base"], into)?;
        // The scripts know their home by an absolute path. The name is the final one, which `unpacked` gives this folder.
        let home = into.with_extension("").join("usr/lib/erlang");
        for entry in fs::read_dir(into.join("usr/lib/erlang"))? {
            let folder = entry?.path();
            // `bin/erl`, and `erts-<version>/bin/erl`, with which RabbitMQ starts epmd.
            for script in ["erl", "start", "bin/erl", "bin/start"] {
                relocate(&folder.join(script), &home)?;
            }
        }
        Ok(())
    })?;
    Ok(RabbitTools { server: folder.join(SERVER), path: Some(folder.join("usr/lib/erlang/bin")) })
}

fn relocate(script: &Path, home: &Path) -> Result<()> {
    if let Ok(text) = fs::read_to_string(script) {
        fs::write(script, text.replace("/usr/lib/erlang", &home.to_string_lossy()))?;
    }
    Ok(())
}
