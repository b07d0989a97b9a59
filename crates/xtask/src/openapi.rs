//! `cargo xtask openapi [--check]`: each service prints its OpenAPI document; they are committed in docs/openapi/.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::place::{self, Place};
use crate::process;
use crate::programs::{self, SERVICES};
use crate::ui::Steps;

#[derive(Debug, Args)]
pub struct Options {
    /// Only compare with the committed documents
    #[arg(long)]
    check: bool,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let mut steps = Steps::new(2);
    let programs = steps.loud("Building the services", || programs::build(place, false))?;
    let what = if options.check { "Checking docs/openapi" } else { "Writing docs/openapi" };
    steps.quiet(what, || documents(place, &programs, options.check))
}

/// Writes what has changed, or says what would have to be written.
pub fn documents(place: &Place, programs: &Path, check: bool) -> Result<()> {
    for name in SERVICES {
        let text = process::output(Command::new(programs.join(name)).arg("openapi").current_dir(&place.root))
            .with_context(|| format!("{name} doesn't print its OpenAPI document"))?;
        let document: serde_json::Value =
            serde_json::from_str(&text).with_context(|| format!("{name} prints something that is no JSON"))?;
        let path = place.root.join("docs/openapi").join(format!("{name}.json"));
        let before =
            fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        // The order of keys says nothing.
        if before.as_ref() == Some(&document) {
            continue;
        }
        if check {
            bail!("docs/openapi/{name}.json is out of date: run `cargo xtask openapi` and commit it");
        }
        place::write_whole(&path, format!("{}\n", serde_json::to_string_pretty(&document)?).as_bytes(), 0o644)?;
    }
    Ok(())
}
