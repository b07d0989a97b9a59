//! The programs: built, then kept in the clone.
//!
//! Two clones may share one build folder, where the second build would replace the first one's programs. So they are linked
//! into the clone while the lock is held, and run from there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::cargo::cargo;
use crate::lock;
use crate::place::Place;
use crate::process;

pub const SERVICES: [&str; 5] = ["channel-service", "ai-service", "case-service", "notification-service", "dashboard"];
pub const SIMULATOR: &str = "simulator";

/// Builds all programs; gives the folder with their copies.
pub fn build(place: &Place, release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "debug" };
    let _lock = lock::take(&place.target.join("govconnect-programs.lock"), "building")?;
    let mut build = cargo(place);
    build.args(["build", "--workspace", "--bins"]);
    if release {
        build.arg("--release");
    }
    process::must(&mut build)?;
    let copies = place.local.join("bin").join(profile);
    fs::create_dir_all(&copies)?;
    let built = place.target.join(profile);
    for name in SERVICES.into_iter().chain([SIMULATOR, "xtask"]) {
        keep(&built.join(name), &copies.join(name))?;
    }
    let bench = built.join("bench");
    if bench.is_file() {
        keep(&bench, &copies.join("bench"))?;
    }
    Ok(copies)
}

/// Links (or copies, between file systems) and renames: a program that runs from there keeps its old file.
fn keep(from: &Path, to: &Path) -> Result<()> {
    let draft = to.with_extension("new");
    let _ = fs::remove_file(&draft);
    if fs::hard_link(from, &draft).is_err() {
        fs::copy(from, &draft).with_context(|| format!("can't copy {}", from.display()))?;
    }
    fs::rename(&draft, to)?;
    // Renaming one name of a file onto another of the same file does nothing: the draft is still there.
    let _ = fs::remove_file(&draft);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_program_survives_the_next_build() {
        let dir = tempfile::tempdir().unwrap();
        let (built, kept) = (dir.path().join("built"), dir.path().join("kept"));
        fs::write(&built, "one").unwrap();
        keep(&built, &kept).unwrap();
        keep(&built, &kept).unwrap();
        fs::remove_file(&built).unwrap();
        fs::write(&built, "two").unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), "one");
        keep(&built, &kept).unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), "two");
        assert!(!kept.with_extension("new").exists());
    }
}
