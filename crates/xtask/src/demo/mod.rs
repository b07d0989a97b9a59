//! `cargo xtask demo`: the whole system on this machine, talking to the simulator.
//!
//! A second `demo` in the same clone reports the first. Whatever a kill -9 or a reboot left is found by its mark and mended.

mod data;
mod environment;
mod knowledge;
mod report;
mod seed;
mod services;
mod settings;

use std::fs;

use anyhow::Result;
use clap::Args;

pub use environment::SERVICE_VARIABLES;

use self::report::Report;
use self::services::Services;
pub use self::services::stop as stop_services;
use self::settings::Settings;
use crate::instance::Instance;
use crate::place::{self, Place};
use crate::ui::{Steps, note};
use crate::{down, lock, process, programs, tools, ui, wasm};

pub const NAME: &str = "demo";

#[derive(Debug, Args)]
pub struct Options {
    /// Build and run optimised programs (a longer build, then faster)
    #[arg(long)]
    release: bool,
    /// Return when everything is healthy; `cargo xtask down` stops it
    #[arg(long)]
    detach: bool,
    /// Start with an empty office
    #[arg(long)]
    no_seed: bool,
    /// Throw away what an earlier demo of this clone stored, and start anew
    #[arg(long)]
    fresh: bool,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let starting = lock::take(&place.state.join("demo-start.lock"), "starting the demo")?;
    if options.fresh {
        down::stop(place, NAME)?;
        down::wipe(place, NAME)?;
    }
    if Services::all_run(place)
        && let Some(report) = Report::read(place)
    {
        println!("The demo of this clone runs already.\n");
        report.print();
        return Ok(());
    }
    let began = start(place, options);
    drop(starting);
    let (mut services, report, steps) = match began {
        Ok(started) => started,
        Err(error) => {
            println!("Stopping what was started …");
            down::stop(place, NAME)?;
            return Err(error);
        }
    };
    println!("\nEverything is healthy, after {}.\n", ui::seconds(steps.elapsed()));
    report.print();
    if options.detach {
        println!("\nIt goes on running; `cargo xtask down` stops it.");
        return Ok(());
    }
    println!("\nCtrl-C stops it.");
    services.watch(place);
    down::stop(place, NAME)?;
    println!("Stopped.");
    Ok(())
}

fn start(place: &Place, options: &Options) -> Result<(Services, Report, Steps)> {
    let mut steps = Steps::new(9);
    let postgres_tools = steps.quiet("Finding PostgreSQL with pgvector", || tools::postgres::provide(place))?;
    let rabbit_tools = steps.quiet("Finding RabbitMQ", || tools::rabbitmq::provide(place))?;
    let programs = steps.loud("Building the services", || programs::build(place, options.release))?;
    let site = steps.loud("Building the dashboard's browser part", || wasm::build(place))?;
    let mut instance = Instance::open(place, NAME, true)?;
    let _ = fs::remove_file(down::stopping(place, NAME));
    stop_services(place)?;
    steps.quiet("Starting PostgreSQL", || instance.start_postgres(&postgres_tools))?;
    steps.quiet("Starting RabbitMQ", || instance.start_rabbit(&rabbit_tools))?;
    let mut settings = Settings::open(&instance.dir)?;
    steps.quiet("Making the databases", || data::make(&instance, &postgres_tools, &settings))?;
    let (services, report) = steps.quiet("Starting the services", || {
        let _ports = lock::take(&place.shared_lock("ports"), "choosing ports")?;
        settings.choose_ports()?;
        let report = Report::new(&instance, &settings);
        let services = Services::start(place, &instance, &settings, &programs, &site)?;
        Ok((services, report))
    })?;
    steps.loud("Filling the office", || {
        if options.no_seed || settings.seeded {
            note(if settings.seeded { "filled by an earlier run" } else { "left empty" });
            return Ok(());
        }
        match seed::run(&settings).and_then(|count| Ok((count, knowledge::run(&settings)?))) {
            Ok((count, (entries, documents))) => {
                note(format!("{count} complaints"));
                note(format!("{entries} questions with their answers, {documents} documents"));
                settings.seeded = true;
                settings.save()
            }
            Err(error) => {
                process::stop_if_interrupted()?;
                note(format!("the office stays as empty as it is: {error:#}"));
                Ok(())
            }
        }
    })?;
    place::write_whole(&place.local.join("demo.json"), &serde_json::to_vec_pretty(&report)?, 0o600)?;
    Ok((services, report, steps))
}
