//! Locks between runs. The kernel drops them with the process, so a kill -9 leaves none behind.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::ui;

/// Held until dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "holding the file open is holding the lock")] File);

/// Waits for its turn, and says so when it must wait.
pub fn take(path: &Path, what: &str) -> Result<Lock> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            ui::note(format!("waiting for another run that is {what}"));
            file.lock().with_context(|| format!("can't lock {}", path.display()))?;
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(|| format!("can't lock {}", path.display())),
    }
    Ok(Lock(file))
}

fn open(path: &Path) -> Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("can't open the lock {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_free_after_drop() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("locks/a.lock");
        let held = take(&path, "testing").unwrap();
        assert!(open(&path).unwrap().try_lock().is_err());
        drop(held);
        assert!(open(&path).unwrap().try_lock().is_ok());
    }
}
