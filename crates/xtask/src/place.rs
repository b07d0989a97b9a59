//! Where things live. Everything else asks here and never builds a path of its own.
//!
//! - `.govconnect/` in the clone: what people and scripts read (addresses, logs, copies of the programs).
//! - `/var/tmp/govconnect-<hash>/`: data of this clone's private servers. Not below the clone, because PostgreSQL refuses
//!   to run as root and the user that it then runs as can't enter a folder under root's home.
//! - `~/.cache/govconnect/`: what all clones of one user share: tools and the build folder.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use nix::unistd::geteuid;
use sha2::{Digest as _, Sha256};

#[derive(Debug, Clone)]
pub struct Place {
    /// The clone.
    pub root: PathBuf,
    /// Ten hex digits that stand for this clone and this user.
    pub hash: String,
    /// Data of the private servers.
    pub state: PathBuf,
    /// `.govconnect/` in the clone.
    pub local: PathBuf,
    /// Shared by all clones of one user.
    pub cache: PathBuf,
    /// Unpacked tools that the servers' user can read.
    pub tools: PathBuf,
    /// Cargo's build folder.
    pub target: PathBuf,
}

impl Place {
    /// Finds the clone from cargo's variable or the working directory, and makes the folders.
    pub fn find() -> Result<Self> {
        let root = find_root()?;
        let uid = geteuid();
        let hash = clone_hash(&root, uid.as_raw());
        let cache = match std::env::var_os("XDG_CACHE_HOME") {
            Some(home) if Path::new(&home).is_absolute() => PathBuf::from(home).join("govconnect"),
            _ => home()?.join(".cache/govconnect"),
        };
        fs::create_dir_all(&cache).with_context(|| format!("can't make {}", cache.display()))?;
        let tools = if uid.is_root() {
            let tools = PathBuf::from("/var/tmp/govconnect-tools-0");
            own_folder(&tools, 0o755)?;
            tools
        } else {
            cache.join("tools")
        };
        fs::create_dir_all(&tools)?;
        let state = PathBuf::from(format!("/var/tmp/govconnect-{hash}"));
        own_folder(&state, 0o711)?;
        let local = root.join(".govconnect");
        fs::create_dir_all(local.join("logs")).with_context(|| format!("can't write in {}", root.display()))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if !dir.is_empty() => std::path::absolute(dir)?,
            _ => cache.join("target"),
        };
        Ok(Self { root, hash, state, local, cache, tools, target })
    }

    /// A lock file that all clones of this user see.
    pub fn shared_lock(&self, name: &str) -> PathBuf {
        self.cache.join("locks").join(format!("{name}.lock"))
    }

    pub fn logs(&self) -> PathBuf {
        self.local.join("logs")
    }
}

/// The name of a clone's state folder: the same for the same path and user, different for any other.
fn clone_hash(root: &Path, uid: u32) -> String {
    let mut hasher = Sha256::new();
    hasher.update(root.as_os_str().as_encoded_bytes());
    hasher.update(uid.to_be_bytes());
    hex::encode(&hasher.finalize()[..5])
}

fn find_root() -> Result<PathBuf> {
    let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => std::env::current_dir()?,
    };
    let is_root = |dir: &&Path| dir.join("Cargo.lock").is_file() && dir.join("crates/xtask").is_dir();
    match start.ancestors().find(is_root) {
        Some(root) => Ok(root.canonicalize()?),
        None => bail!("{} is not inside a clone of GovConnect: change into one", start.display()),
    }
}

fn home() -> Result<PathBuf> {
    match std::env::var_os("HOME") {
        Some(home) if !home.is_empty() => Ok(PathBuf::from(home)),
        _ => match nix::unistd::User::from_uid(geteuid())? {
            Some(user) => Ok(user.dir),
            None => bail!("HOME is not set: set it to a folder that you own"),
        },
    }
}

/// A folder in a place where anybody may make folders: it must be ours, not a trap that somebody laid.
pub fn own_folder(path: &Path, mode: u32) -> Result<()> {
    match fs::DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("can't make {}", path.display())),
    }
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() || found.uid() != geteuid().as_raw() {
        bail!("{} belongs to somebody else: have it removed, then run this again", path.display());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok(())
}

/// Writes a file so that a reader, or the next run after a crash, sees all of it or none of it.
pub fn write_whole(path: &Path, text: &[u8], mode: u32) -> Result<()> {
    let parent = path.parent().context("a file has a folder")?;
    fs::create_dir_all(parent)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = parent.join(format!(".{name}.{}.new", std::process::id()));
    let written = (|| -> std::io::Result<()> {
        let mut file = {
            use std::os::unix::fs::OpenOptionsExt as _;
            fs::OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(&draft)?
        };
        std::io::Write::write_all(&mut file, text)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    })();
    written.with_context(|| format!("can't write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clones_and_two_users_never_share_a_state_folder() {
        let one = clone_hash(Path::new("/a/govconnect"), 0);
        assert_eq!(one, clone_hash(Path::new("/a/govconnect"), 0));
        assert_ne!(one, clone_hash(Path::new("/b/govconnect"), 0));
        assert_ne!(one, clone_hash(Path::new("/a/govconnect"), 1000));
        assert_eq!(one.len(), 10);
    }

    #[test]
    fn a_link_in_place_of_a_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("state");
        std::os::unix::fs::symlink("/tmp", &link).unwrap();
        assert!(own_folder(&link, 0o700).is_err());
    }

    #[test]
    fn a_written_file_leaves_no_draft() {
        let dir = tempfile::tempdir().unwrap();
        write_whole(&dir.path().join("a.json"), b"{}", 0o600).unwrap();
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.json"]);
    }
}
