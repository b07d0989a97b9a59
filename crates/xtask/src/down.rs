//! `cargo xtask down`: stops what this clone started, and nothing else.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::demo::{self};
use crate::instance::Instance;
use crate::place::Place;
use crate::tools::{postgres::PostgresTools, rabbitmq::RabbitTools};
use crate::{place, ui};

#[derive(Debug, Args)]
pub struct Options {
    /// Stop the servers for tests as well
    #[arg(long)]
    all: bool,
    /// Also throw away their data
    #[arg(long)]
    wipe: bool,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let names = if options.all { instances(place)? } else { vec![demo::NAME.to_owned()] };
    for name in names {
        let began = std::time::Instant::now();
        stop(place, &name)?;
        if options.wipe {
            wipe(place, &name)?;
        }
        println!("`{name}` is down, after {}.", ui::seconds(began.elapsed()));
    }
    Ok(())
}

/// Every instance that this clone ever started.
fn instances(place: &Place) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(&place.state)? {
        let entry = entry?;
        if entry.path().join("instance.json").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Tells a demo in the foreground that its services end on purpose.
pub fn stopping(place: &Place, name: &str) -> PathBuf {
    place.state.join(format!("{name}.stopping"))
}

/// Services first, then the servers.
pub fn stop(place: &Place, name: &str) -> Result<()> {
    if !place.state.join(name).is_dir() {
        return Ok(());
    }
    place::write_whole(&stopping(place, name), b"", 0o600)?;
    let instance = Instance::open(place, name, false)?;
    if name == demo::NAME {
        demo::stop_services(place)?;
        let _ = fs::remove_file(place.local.join("demo.json"));
    }
    if name == "test" {
        let _ = fs::remove_file(place.local.join("servers.json"));
    }
    // Stopping needs no tools: the processes are found by their marks.
    let rabbit = instance.rabbit(&RabbitTools { server: PathBuf::new(), path: None })?;
    let postgres = instance.postgres(&PostgresTools { bin: PathBuf::new() })?;
    rabbit.stop()?;
    postgres.stop()
}

/// Throws away an instance's data. Its servers must be down.
pub fn wipe(place: &Place, name: &str) -> Result<()> {
    let dir = place.state.join(name);
    if dir.is_dir() {
        fs::remove_dir_all(&dir)?;
    }
    Ok(())
}
