//! What compiles the browser part: rustup's target when it is there or can be had, else Debian's compiler for the web.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use nix::unistd::geteuid;

use super::{apt, limited, which};
use crate::cargo::cargo;
use crate::place::Place;
use crate::{lock, process, ui};

pub const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

#[derive(Debug, Clone)]
pub enum Compiler {
    /// The usual toolchain has the target.
    Usual,
    /// Debian's compiler, which builds the standard library from its source.
    Debian { root: PathBuf },
}

pub fn provide(place: &Place) -> Result<Compiler> {
    if has_target(place)? {
        return Ok(Compiler::Usual);
    }
    if debian_is_complete(Path::new("/")) {
        return Ok(Compiler::Debian { root: "/".into() });
    }
    if which("rustup", &[]).is_some() {
        let _lock = lock::take(&place.shared_lock("rustup"), "adding a target")?;
        let mut add = limited(20, "rustup");
        add.args(["target", "add", TARGET]).current_dir(&place.root);
        if process::output(&mut add).is_ok() && has_target(place)? {
            return Ok(Compiler::Usual);
        }
    }
    ui::note(format!("rustup can't give the target {TARGET}; taking Debian's compiler for it"));
    let root = apt::provide(place, "rust-web", &PACKAGES)
        .with_context(|| format!("can't compile for browsers: run `rustup target add {TARGET}`"))?;
    if !debian_is_complete(&root) {
        bail!("Debian's compiler for browsers is incomplete: run `rustup target add {TARGET}`");
    }
    Ok(Compiler::Debian { root })
}

fn has_target(place: &Place) -> Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "sysroot"]).current_dir(&place.root);
    let sysroot = process::output(&mut rustc)?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn debian_is_complete(root: &Path) -> bool {
    ["usr/bin/rustc", "usr/bin/cargo", "usr/bin/wasm-ld-22"].iter().all(|file| root.join(file).is_file())
        && root.join("usr/lib/rustlib/src/rust/library/std").is_dir()
}

impl Compiler {
    /// `cargo build` for the browser.
    pub fn build(&self, place: &Place) -> Command {
        match self {
            Self::Usual => {
                let mut command = cargo(place);
                command.args(["build", "--target", TARGET]);
                command
            }
            Self::Debian { root } => {
                let usual = cargo(place);
                let mut command = Command::new(root.join("usr/bin/cargo"));
                command.current_dir(&place.root);
                for (name, value) in usual.get_envs() {
                    match value {
                        Some(value) => command.env(name, value),
                        None => command.env_remove(name),
                    };
                }
                command
                    // -Z build-std is for nightly compilers only, unless it is asked for so.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("RUSTC", root.join("usr/bin/rustc"))
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", root.join("usr/bin/wasm-ld-22"))
                    .args(["build", "--target", TARGET, "-Z", "build-std=std,panic_abort"]);
                if root != Path::new("/") {
                    command.env("LD_LIBRARY_PATH", libraries(root));
                }
                command
            }
        }
    }

    /// Stands in the fingerprint of a build.
    pub fn version(&self) -> Result<String> {
        match self {
            Self::Usual => process::output(Command::new("rustc").arg("-vV")),
            Self::Debian { root } => {
                let mut rustc = Command::new(root.join("usr/bin/rustc"));
                if root != Path::new("/") {
                    rustc.env("LD_LIBRARY_PATH", libraries(root));
                }
                process::output(rustc.arg("-vV"))
            }
        }
    }
}

/// Where unpacked packages have their libraries.
pub fn libraries(root: &Path) -> String {
    let triple = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    ["usr/lib", &triple, "usr/lib/llvm-22/lib"].map(|folder| root.join(folder).display().to_string()).join(":")
}

/// `wasm-opt`, which makes the browser part a fifth smaller. Not having it is no error.
pub fn optimizer(place: &Place) -> Option<Command> {
    if let Some(found) = which("wasm-opt", &["/usr/bin"]) {
        return Some(Command::new(found));
    }
    let root = apt::provide(place, "binaryen", &["binaryen"]).ok()?;
    let program = root.join("usr/bin/wasm-opt");
    if !program.is_file() {
        return None;
    }
    let mut command = Command::new(program);
    if !geteuid().is_root() {
        command.env("LD_LIBRARY_PATH", libraries(&root));
    }
    Some(command)
}
