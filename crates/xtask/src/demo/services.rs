//! The six programs of a demo: started, waited for, watched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use super::environment;
use super::settings::Settings;
use crate::instance::Instance;
use crate::place::Place;
use crate::process::{self, Background};
use crate::programs::{SERVICES, SIMULATOR};
use crate::{down, http, ui};

#[derive(Debug)]
struct Service {
    name: &'static str,
    url: String,
    log: PathBuf,
    child: Child,
    /// Its end was reported.
    gone: bool,
}

#[derive(Debug)]
pub struct Services(Vec<Service>);

impl Services {
    /// Starts all (their order doesn't matter, for each waits for what it needs) and returns when all are ready.
    pub fn start(
        place: &Place,
        instance: &Instance,
        settings: &Settings,
        programs: &Path,
        site: &Path,
    ) -> Result<Self> {
        let common = environment::common(std::env::vars(), settings);
        let mut services = Self(Vec::new());
        for name in [SIMULATOR].into_iter().chain(SERVICES) {
            let environment = if name == SIMULATOR {
                environment::simulator(&common, instance, settings)
            } else {
                environment::service(&common, instance, settings, name, site)
            };
            let log = place.logs().join(format!("{name}.log"));
            let _ = fs::rename(&log, log.with_extension("log.1"));
            let mut command = Command::new(programs.join(name));
            command.current_dir(&instance.dir).env_clear().envs(environment);
            let mark = process::mark(&instance.dir, name);
            let child = process::start(Background { command, mark, log: &log, run_as: None })?;
            let url = environment::local(environment::port(settings, name));
            services.0.push(Service { name, url, log, child, gone: false });
        }
        services.wait_for("health")?;
        services.wait_for("ready")?;
        Ok(services)
    }

    fn wait_for(&mut self, path: &str) -> Result<()> {
        for service in &mut self.0 {
            let mut ended = None;
            let good = process::wait_until(Duration::from_mins(2), || {
                process::stop_if_interrupted()?;
                ended = service.child.try_wait()?;
                let url = format!("{}/{path}", service.url);
                Ok(ended.is_some() || http::get(&url).is_ok_and(|answer| answer.status == 200))
            })?;
            let Service { name, log, .. } = service;
            if let Some(status) = ended {
                bail!("{name} ended at once ({status}): see {}\n{}", log.display(), process::tail(log, 8));
            }
            if !good {
                bail!("{name} doesn't answer 200 on /{path}: see {}\n{}", log.display(), process::tail(log, 8));
            }
        }
        Ok(())
    }

    /// Until Ctrl-C, or until `cargo xtask down` stops all: says which service died, with its last words.
    pub fn watch(&mut self, place: &Place) {
        while !process::interrupted() && !down::stopping(place, super::NAME).exists() {
            for service in self.0.iter_mut().filter(|service| !service.gone) {
                if let Ok(Some(status)) = service.child.try_wait() {
                    service.gone = true;
                    if process::interrupted() || down::stopping(place, super::NAME).exists() {
                        break;
                    }
                    let Service { name, log, .. } = service;
                    println!("\n{name} ended ({status}); its last lines, from {}:", log.display());
                    println!("{}", process::tail(log, 15));
                    ui::note("the others go on running; Ctrl-C, then `cargo xtask demo` starts all again");
                }
            }
            process::pause(Duration::from_millis(200));
        }
    }

    /// Whether every program of this clone's demo is alive.
    pub fn all_run(place: &Place) -> bool {
        names().all(|name| !process::marked(&process::mark(&place.state.join(super::NAME), name)).is_empty())
    }
}

/// Ends the programs of this clone's demo, all there or half.
pub fn stop(place: &Place) -> Result<()> {
    let dir = place.state.join(super::NAME);
    let found = || names().flat_map(|name| process::marked(&process::mark(&dir, name))).collect::<Vec<_>>();
    process::end(found, Signal::SIGTERM, Duration::from_secs(35))
}

fn names() -> impl Iterator<Item = &'static str> {
    SERVICES.into_iter().chain([SIMULATOR])
}
