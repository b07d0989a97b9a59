//! How good the assistant is, in figures: `ai-service eval`, which `cargo xtask eval` runs.
//!
//! What must stay true: test sets are written apart from the training texts and nobody tunes to them
//! (`eval/README.md`); the figures of the built-in provider never fall below `eval/floors.json`, which a test checks.

pub mod floors;
mod models;
pub mod outside;
pub mod scores;
pub mod set;
mod table;
pub mod understanding;

use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use serde::Serialize;

use crate::knowledge::evaluate::{self, Measured};
use crate::providers::{ModelsConfig, Providers};
use crate::understanding::builtin::{self, Builtin};
use floors::Floors;
use outside::Outside;
use understanding::Figures;

/// The committed test set.
pub const TEST_SET: &str = include_str!("../../eval/understanding.tsv");
/// The committed development set, on which thresholds and texts are tuned.
pub const DEVELOPMENT_SET: &str = include_str!("../../eval/dev.tsv");

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Optimised or not: latencies mean something only when they are.
    pub optimised: bool,
    /// One entry for every provider.
    pub understanding: Vec<Figures>,
    pub model: ModelFigures,
    pub search: Measured,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
    /// What lies below the floors.
    pub below: Vec<String>,
}

/// What the built-in model costs.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ModelFigures {
    /// Bytes in the program; nothing beside them is allocated for weights.
    pub bytes: usize,
    /// Until the first text is understood, patterns and words included.
    pub ready_ms: f64,
}

/// Measures how well texts are understood and questions are answered, on texts that nothing was trained from.
#[derive(Debug, Parser)]
#[command(name = "ai-service eval")]
struct Arguments {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Print what went wrong as well
    #[arg(long)]
    mistakes: bool,
    /// Measure the development set instead of the test set
    #[arg(long)]
    development: bool,
    /// Measure the data sets in this folder as well
    #[arg(long)]
    outside: Option<PathBuf>,
    /// At most so many texts for each outside model, spread over the set
    #[arg(long)]
    sample: Option<usize>,
    /// Who is measured beside the built-in provider
    #[arg(long, env = "AI_PROVIDERS", default_value = builtin::NAME, hide_env_values = true)]
    ai_providers: Providers,
    /// How they are reached
    #[command(flatten)]
    models: ModelsConfig,
}

/// The command: prints the report, fails when figures lie below the floors.
#[expect(clippy::print_stdout, reason = "the output of a command")]
pub fn command(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let arguments = match Arguments::try_parse_from(std::iter::once("ai-service eval".to_owned()).chain(arguments)) {
        Ok(arguments) => arguments,
        Err(error) => {
            error.print()?;
            return if error.use_stderr() { Err(anyhow::anyhow!("unknown arguments")) } else { Ok(()) };
        }
    };
    let report = run(&arguments)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table::of(&report));
    }
    if arguments.mistakes {
        for figures in &report.understanding {
            print!("{}", figures.mistakes);
        }
        print!("{}", report.outside.as_ref().map_or("", |outside| &outside.mistakes));
    }
    anyhow::ensure!(arguments.development || report.below.is_empty(), "{}", report.below.join("; "));
    Ok(())
}

fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let items = set::read(if arguments.development { DEVELOPMENT_SET } else { TEST_SET })?;
    let started = Instant::now();
    let builtin = Builtin::shipped();
    builtin.read("Selamat pagi, mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05");
    let ready_ms = started.elapsed().as_secs_f64() * 1e3;
    let figures = understanding::measure(&items, builtin::NAME, |text| builtin.read(text));
    let search = evaluate::evaluate();
    let below = Floors::committed()?.below(&figures, &search);
    let mut understanding = vec![figures];
    for name in &arguments.ai_providers.0 {
        understanding.push(models::measure(&arguments.models, name, &items, arguments.sample)?);
    }
    Ok(Report {
        optimised: !cfg!(debug_assertions),
        below,
        understanding,
        model: ModelFigures { bytes: crate::understanding::model::BYTES.len(), ready_ms },
        search,
        outside: arguments.outside.as_deref().map(|folder| outside::run(folder, &builtin)).transpose()?,
    })
}

/// The built-in provider on the committed test set, and the search: what the floors are about.
pub fn builtin() -> anyhow::Result<(Figures, Measured)> {
    let builtin = Builtin::shipped();
    let figures = understanding::measure(&set::read(TEST_SET)?, builtin::NAME, |text| builtin.read(text));
    Ok((figures, evaluate::evaluate()))
}
