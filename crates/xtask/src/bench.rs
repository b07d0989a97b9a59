//! `cargo xtask bench`: the measurements of package `e2e`, on optimised programs and durable servers.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::demo::SERVICE_VARIABLES;
use crate::instance::Instance;
use crate::place::Place;
use crate::ui::Steps;
use crate::{down, process, programs, setup, tools, wasm};

#[derive(Debug, Args)]
pub struct Options {
    /// Passed on to the measurements; `--help` after `--` lists them
    #[arg(last = true)]
    arguments: Vec<String>,
}

const NAME: &str = "bench";

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let done = measure(place, options);
    down::stop(place, NAME)?;
    done
}

fn measure(place: &Place, options: &Options) -> Result<()> {
    let mut steps = Steps::new(7);
    let postgres_tools = steps.quiet("Finding PostgreSQL with pgvector", || tools::postgres::provide(place))?;
    let rabbit_tools = steps.quiet("Finding RabbitMQ", || tools::rabbitmq::provide(place))?;
    let programs = steps.loud("Building optimised programs", || programs::build(place, true))?;
    let site = steps.loud("Building the dashboard's browser part", || wasm::build(place))?;
    let servers = {
        let mut instance = Instance::open(place, NAME, true)?;
        steps.quiet("Starting PostgreSQL", || instance.start_postgres(&postgres_tools))?;
        steps.quiet("Starting RabbitMQ", || instance.start_rabbit(&rabbit_tools))?;
        setup::test_owner(&instance, &postgres_tools)?;
        setup::Servers::of(&instance)
    };
    steps.loud("Measuring", || {
        let mut bench = Command::new(programs.join("bench"));
        bench.args(&options.arguments).current_dir(&place.root);
        for name in SERVICE_VARIABLES {
            bench.env_remove(name);
        }
        bench
            .envs(servers.environment())
            .env("GOVCONNECT_BIN_DIR", &programs)
            .env("GOVCONNECT_XTASK", programs.join("xtask"))
            .env("LEPTOS_SITE_ROOT", &site);
        process::must(&mut bench)
    })
}
