//! Programs that we need and that a bare machine doesn't have: found, or fetched into the cache.
//!
//! Every fetch happens under a lock shared by all clones of the user, into a folder with a temporary name that is renamed
//! when complete: what stands under the final name is whole, whatever was killed in between.

pub mod apt;
pub mod chromium;
pub mod postgres;
pub mod rabbitmq;
pub mod wasm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::lock;
use crate::place::Place;

/// Gives `<tools>/<name>`, made by `fetch` into an empty folder unless it is there.
pub fn unpacked(place: &Place, name: &str, fetch: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let whole = place.tools.join(name);
    if whole.is_dir() {
        return Ok(whole);
    }
    let _lock = lock::take(&place.shared_lock(name), &format!("fetching {name}"))?;
    complete(&whole, fetch)?;
    Ok(whole)
}

fn complete(whole: &Path, fetch: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if whole.is_dir() {
        return Ok(());
    }
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    let half = whole.with_file_name(format!("{name}.half"));
    if half.exists() {
        fs::remove_dir_all(&half).with_context(|| format!("can't remove {}", half.display()))?;
    }
    fs::create_dir_all(&half)?;
    fetch(&half)?;
    fs::rename(&half, whole).with_context(|| format!("can't rename {}", half.display()))
}

/// Where a program is, by PATH and the given folders.
pub fn which(program: &str, more: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(more.iter().map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// A command with a time limit, when coreutils are there to set it.
pub fn limited(seconds: u32, program: &str) -> Command {
    let mut command = Command::new("timeout");
    command.arg(seconds.to_string()).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_download_is_thrown_away_and_done_again() {
        let dir = tempfile::tempdir().unwrap();
        let whole = dir.path().join("tool");
        let failed = complete(&whole, |half| {
            fs::write(half.join("part"), "half")?;
            anyhow::bail!("the line was cut")
        });
        assert!(failed.is_err());
        assert!(!whole.exists());
        complete(&whole, |half| {
            assert!(!half.join("part").exists());
            Ok(fs::write(half.join("all"), "whole")?)
        })
        .unwrap();
        assert_eq!(fs::read_to_string(whole.join("all")).unwrap(), "whole");
        complete(&whole, |_| anyhow::bail!("a whole tool is not fetched again")).unwrap();
    }
}
