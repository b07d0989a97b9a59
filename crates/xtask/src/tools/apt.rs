//! Debian packages: installed when we are root, else downloaded and unpacked into the cache.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use nix::unistd::geteuid;

use crate::place::Place;
use crate::{lock, process};

/// Whether this machine has Debian's package tools at all.
pub fn is_there() -> bool {
    super::which("apt-get", &[]).is_some()
}

/// Installs packages, as root. Services that come with them are not started: see [`without_services`].
pub fn install(place: &Place, packages: &[&str]) -> Result<()> {
    if !is_there() {
        bail!("{} can't be installed, for there is no apt-get: install it by hand", packages.join(", "));
    }
    let _lock = lock::take(&place.shared_lock("apt"), "installing packages")?;
    let no_services = without_services(place)?;
    let mut first = apt(&no_services);
    first.args(["install", "-y", "--no-install-recommends"]).args(packages);
    if process::output(&mut first).is_ok() {
        return Ok(());
    }
    process::output(apt(&no_services).arg("update")).context("the package lists can't be renewed")?;
    let mut again = apt(&no_services);
    again.args(["install", "-y", "--no-install-recommends"]).args(packages);
    process::output(&mut again)
        .with_context(|| format!("can't install {0}: try `apt-get install {0}` by hand", packages.join(" ")))?;
    Ok(())
}

fn apt(no_services: &Path) -> Command {
    let mut command = Command::new("apt-get");
    // A package's own script starts its service through `invoke-rc.d` or `deb-systemd-invoke`: both are found by PATH,
    // and ours say yes and start nothing. The machine's own policy file stays untouched.
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .env("PATH", format!("{}:{path}", no_services.display()))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-o", "DPkg::Lock::Timeout=180", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"])
        .arg("-o")
        .arg(format!(
            "DPkg::Path={}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            no_services.display()
        ));
    command
}

/// A folder with stand-ins for the two programs that start services after an installation.
fn without_services(place: &Place) -> Result<PathBuf> {
    let folder = place.tools.join("no-services");
    fs::create_dir_all(&folder)?;
    for name in ["invoke-rc.d", "deb-systemd-invoke"] {
        let path = folder.join(name);
        fs::write(&path, "#!/bin/sh\nexit 0\n")?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(folder)
}

/// Downloads packages with everything that they need and that isn't installed, and unpacks them into `into`.
pub fn unpack(place: &Place, packages: &[&str], into: &Path) -> Result<()> {
    if !is_there() {
        bail!("{} can't be had, for there is no apt-get: install it by hand", packages.join(", "));
    }
    let state = place.cache.join("apt");
    for folder in ["state/lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(state.join(folder))?;
    }
    let _lock = lock::take(&place.shared_lock("apt"), "downloading packages")?;
    let own = |verb: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(["-q", "-o", "Debug::NoLocking=1", "-o", "Dir::State::status=/var/lib/dpkg/status"])
            .args(["-o", "Acquire::Retries=3", "-o", "APT::Sandbox::User=", "-o"])
            .arg(format!("Dir::State={}", state.join("state").display()))
            .arg("-o")
            .arg(format!("Dir::Cache={}", state.join("cache").display()))
            .args(verb);
        command
    };
    process::output(&mut own(&["update"])).context("the package lists can't be renewed")?;
    let plan = process::output(own(&["-s", "install", "--no-install-recommends"]).args(packages))
        .with_context(|| format!("{0} can't be planned: have `apt-get install {0}` run by root", packages.join(" ")))?;
    let mut needed = planned(&plan);
    for package in packages {
        if !needed.iter().any(|name| name == package) {
            needed.push((*package).to_owned());
        }
    }
    let archives = into.join("archives");
    fs::create_dir_all(&archives)?;
    process::output(own(&["download"]).args(&needed).current_dir(&archives))
        .with_context(|| format!("can't download {}", packages.join(" ")))?;
    for entry in fs::read_dir(&archives)? {
        process::output(Command::new("dpkg").arg("-x").arg(entry?.path()).arg(into))?;
    }
    fs::remove_dir_all(&archives)?;
    Ok(())
}

/// The packages that `apt-get -s install` says it would install.
fn planned(simulation: &str) -> Vec<String> {
    simulation
        .lines()
        .filter_map(|line| line.strip_prefix("Inst "))
        .filter_map(|rest| rest.split(' ').next())
        .map(str::to_owned)
        .collect()
}

/// One way for both kinds of users: a program that is installed, or that was unpacked into the cache.
pub fn provide(place: &Place, name: &str, packages: &[&str]) -> Result<PathBuf> {
    if geteuid().is_root() {
        install(place, packages)?;
        return Ok(PathBuf::from("/"));
    }
    super::unpacked(place, name, |into| unpack(place, packages, into))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_lists_packages_to_install_only() {
        let text = "Reading…\nInst socat (1.7 Debian [amd64])\nConf socat (1.7)\nInst rabbitmq-server (3.10 [all])\n";
        assert_eq!(planned(text), ["socat", "rabbitmq-server"]);
    }
}
