//! `cargo xtask`: everything that a developer or a CI machine does with this repository besides plain cargo.

mod bench;
mod cargo;
mod demo;
mod down;
mod eval;
mod http;
mod instance;
mod lock;
mod openapi;
mod place;
mod ports;
mod postgres;
mod process;
mod programs;
mod rabbitmq;
mod servers;
mod setup;
mod sqlx_prepare;
mod test;
mod tools;
mod train;
mod ui;
mod wasm;
mod wasm_features;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::place::Place;

/// Sets up, runs, tests and measures GovConnect on this machine, with private servers of its own.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole system on this machine, with a simulator in place of WhatsApp
    Demo(demo::Options),
    /// Stop a demo that runs in the background
    Down(down::Options),
    /// Check and test everything
    Test(test::Options),
    /// Start the private PostgreSQL and RabbitMQ that tests use, and leave them running
    Setup,
    /// Renew (or check) the metadata that queries are checked against at build time
    SqlxPrepare(sqlx_prepare::Options),
    /// Renew (or check) the OpenAPI documents in docs/openapi
    Openapi(openapi::Options),
    /// Measure: webhook intake, replies, lists, against the machine's own limits
    Bench(bench::Options),
    /// Measure how well texts are understood and questions answered
    Eval(eval::Options),
    /// Train the model that understands texts from those in ai-service/model
    Train,
    /// Build the dashboard's browser part and print where its files are
    Wasm,
    /// Start, stop and kill private servers by name; system tests use it
    Servers(servers::Options),
}

fn main() -> ExitCode {
    if let Some(failed) = sqlx_prepare::as_compiler() {
        return finish(failed);
    }
    let Arguments { command } = Arguments::parse();
    let place = match process::catch_signals().and_then(|()| Place::find()) {
        Ok(place) => place,
        Err(error) => return finish(Err(error)),
    };
    finish(match command {
        Command::Demo(options) => demo::run(&place, &options),
        Command::Down(options) => down::run(&place, &options),
        Command::Test(options) => test::run(&place, &options),
        Command::Setup => setup::run(&place),
        Command::SqlxPrepare(options) => sqlx_prepare::run(&place, &options),
        Command::Openapi(options) => openapi::run(&place, &options),
        Command::Bench(options) => bench::run(&place, &options),
        Command::Eval(options) => eval::run(&place, &options),
        Command::Train => train::run(&place),
        Command::Wasm => wasm::build(&place).map(|site| println!("{}", site.display())),
        Command::Servers(options) => servers::run(&place, &options),
    })
}

/// One line for what went wrong, its causes after colons.
fn finish(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is::<ui::AlreadySaid>() {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
