//! `cargo xtask eval`: how well texts are understood and questions are answered, in figures.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::cargo::cargo;
use crate::place::Place;
use crate::process;

#[derive(Debug, Args)]
pub struct Options {
    /// Build optimised programs first: only then do latencies mean something
    #[arg(long)]
    release: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Print what went wrong as well
    #[arg(long)]
    mistakes: bool,
    /// Measure the development set instead of the test set
    #[arg(long)]
    development: bool,
    /// Data sets that are not part of the project, measured when the folder is there
    #[arg(long, default_value = "../shared/data")]
    outside: PathBuf,
    /// At most so many texts for each outside model in AI_PROVIDERS
    #[arg(long)]
    sample: Option<usize>,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let mut eval = cargo(place);
    eval.args(["run", "--quiet", "--package", "ai-service"]);
    if options.release {
        eval.arg("--release");
    }
    eval.args(["--", "eval"]);
    for (flag, given) in
        [("--json", options.json), ("--mistakes", options.mistakes), ("--development", options.development)]
    {
        if given {
            eval.arg(flag);
        }
    }
    let outside = place.root.join(&options.outside);
    if outside.is_dir() {
        eval.arg("--outside").arg(outside);
    }
    if let Some(sample) = options.sample {
        eval.arg("--sample").arg(sample.to_string());
    }
    let status = process::run(&mut eval)?;
    process::stop_if_interrupted()?;
    if !status.success() {
        bail!("figures lie below the floors of ai-service/eval/floors.json, or could not be measured");
    }
    Ok(())
}
