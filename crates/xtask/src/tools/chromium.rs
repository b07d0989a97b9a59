//! A browser for tests, with the driver of the same version.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use nix::unistd::geteuid;

use super::{apt, wasm, which};
use crate::place::Place;
use crate::process;

#[derive(Debug, Clone)]
pub struct Chromium {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

pub fn provide(place: &Place) -> Result<Chromium> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    let remedy = "no browser for the tests: install chromium and chromium-driver, or use --skip-browser";
    if geteuid().is_root() {
        apt::install(place, &["chromium", "chromium-driver"]).context(remedy)?;
        return installed().context(remedy);
    }
    let folder = super::unpacked(place, "chromium", |into| {
        apt::unpack(place, &["chromium", "chromium-driver"], into)?;
        // Both look for their libraries in the system's folders only; the final name is `chromium`.
        let home = into.with_extension("");
        for (name, program) in [("browser", "usr/lib/chromium/chromium"), ("driver", "usr/bin/chromedriver")] {
            let script = format!(
                "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
                wasm::libraries(&home),
                home.join(program).display()
            );
            fs::write(into.join(name), script)?;
            fs::set_permissions(into.join(name), fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    })
    .context(remedy)?;
    Ok(Chromium { browser: folder.join("browser"), driver: folder.join("driver") })
}

fn installed() -> Option<Chromium> {
    let driver = which("chromedriver", &["/usr/bin", "/usr/lib/chromium"])?;
    let wanted = major(&driver)?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .filter_map(|name| which(name, &["/usr/bin"]))
        .find(|browser| major(browser) == Some(wanted))
        .map(|browser| Chromium { browser, driver })
}

/// `Chromium 148.0.7778.167 built on …`, `ChromeDriver 148.0…`
fn major(program: &Path) -> Option<u32> {
    version_in(&process::output(Command::new(program).arg("--version")).ok()?)
}

fn version_in(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_found() {
        assert_eq!(version_in("Chromium 148.0.7778.167 built on Debian GNU/Linux 12 (bookworm)"), Some(148));
        assert_eq!(version_in("no version"), None);
    }
}
