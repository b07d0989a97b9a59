//! The measurements of `cargo xtask bench`, which builds optimised programs, starts durable servers and tells where both
//! are. Ratios count, not numbers: raw limits and our own paths are measured in one run, on one machine, at equal body
//! size, durability and concurrency.

mod database;
mod graph;
mod intake;
mod knowledge;
mod load;
mod programs;
mod raw_broker;
mod raw_database;
mod replies;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::programs::Programs;
use crate::report::Report;

/// One of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Raw limits of broker and database
    Limits,
    /// Webhook intake, against the broker's limit
    Intake,
    /// Webhook → reply
    Replies,
    /// The search for answers
    Knowledge,
}

/// Measures raw limits of broker and database, webhook intake against them, webhook → reply, and the search for answers.
#[derive(Debug, Clone, Parser)]
#[command(name = "bench")]
pub struct Options {
    /// Seconds of each measurement
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Seconds before each measurement that don't count
    #[arg(long, default_value_t = 2)]
    warm_up: u64,
    /// Requests at the same time
    #[arg(long, default_value_t = 64)]
    in_flight: usize,
    /// Turns per second of the webhook → reply measurement; its budget is judged from 200 on
    #[arg(long, default_value_t = 40)]
    turns_per_second: u32,
    /// Passages of the office that is searched
    #[arg(long, default_value_t = 100_000)]
    passages: usize,
    /// Only these measurements; all of them when left out
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Where the figures are written as JSON
    #[arg(long)]
    json: Option<std::path::PathBuf>,
    /// Fail when a budget is missed
    #[arg(long)]
    strict: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match measure(&options).await {
        Ok(report) => finish(&report, &options),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<Report> {
    let mut report = Report::default();
    let programs = Programs::new()?;
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    if wanted(Part::Limits) || wanted(Part::Intake) {
        println!("raw broker limit …");
        let broker = raw_broker::measure(options, &programs.amqp_url).await?;
        report.add("confirmed publishes", "/s", broker, None);
        if wanted(Part::Limits) {
            println!("raw database limit …");
            let database = raw_database::measure(options, programs.owner_url()).await?;
            report.add("inserts", "/s", database, None);
        }
        if wanted(Part::Intake) {
            intake::measure(options, &programs, broker, &mut report).await?;
        }
    }
    if wanted(Part::Replies) {
        replies::measure(options, &programs, &mut report).await?;
    }
    if wanted(Part::Knowledge) {
        knowledge::measure(options, &programs, &mut report).await?;
    }
    Ok(report)
}

fn finish(report: &Report, options: &Options) -> ExitCode {
    println!("\n{report}");
    if let Some(path) = &options.json
        && let Err(error) = std::fs::write(path, report.json())
    {
        eprintln!("error: can't write {}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    println!("{}", report.json());
    if options.strict && report.misses() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
