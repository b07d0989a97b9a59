//! `cargo xtask openapi [--check]`: each service prints its OpenAPI document; they are committed in docs/openapi/.

use std::fs;
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
    steps.quiet("Writing docs/openapi", || {
        for name in SERVICES {
            let text = process::output(Command::new(programs.join(name)).arg("openapi").current_dir(&place.root))
                .with_context(|| format!("{name} doesn't print its OpenAPI document"))?;
            let document: serde_json::Value =
                serde_json::from_str(&text).with_context(|| format!("{name} prints something that is no JSON"))?;
            let text = format!("{}\n", serde_json::to_string_pretty(&document)?);
            let path = place.root.join("docs/openapi").join(format!("{name}.json"));
            if fs::read_to_string(&path).is_ok_and(|before| before == text) {
                continue;
            }
            if options.check {
                bail!("docs/openapi/{name}.json is out of date: run `cargo xtask openapi` and commit it");
            }
            place::write_whole(&path, text.as_bytes(), 0o644)?;
        }
        Ok(())
    })
}
