//! `cargo xtask test`: everything that must hold before a change is taken, in one go and with one summary at the end.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cargo::cargo;
use crate::demo::SERVICE_VARIABLES;
use crate::place::Place;
use crate::process;
use crate::setup::{self, Servers};
use crate::tools::{self, chromium::Chromium};
use crate::ui::{self, Steps};
use crate::{down, lock, openapi, programs, sqlx_prepare, wasm};

#[derive(Debug, Args)]
pub struct Options {
    /// Leave out the tests that need a browser
    #[arg(long)]
    skip_browser: bool,
    /// Passed on to nextest (or to `cargo test`)
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let _one_at_a_time = lock::take(&place.state.join("test-run.lock"), "testing this clone")?;
    let ran_before = place.local.join("servers.json").is_file() && setup::run_already(place)?;
    let done = all(place, options);
    if !ran_before {
        down::stop(place, "test")?;
    }
    done
}

fn all(place: &Place, options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.skip_browser { 12 } else { 13 });
    let chromium = if options.skip_browser {
        None
    } else {
        Some(steps.quiet("Finding a browser", || tools::chromium::provide(place))?)
    };
    let (servers, _) = setup::start(place, &mut steps)?;
    steps.loud("Checking the format", || process::must(cargo(place).args(["fmt", "--all", "--check"])))?;
    steps.loud("Linting", || {
        process::must(cargo(place).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    steps.loud("Checking the queries", || sqlx_prepare::prepare(place, true, &[]))?;
    let programs = steps.loud("Building the programs", || programs::build(place, false))?;
    steps.quiet("Checking docs/openapi", || openapi::documents(place, &programs, true))?;
    let site = steps.loud("Building the dashboard's browser part", || wasm::build(place))?;
    let nextest = process::output(cargo(place).args(["nextest", "--version"])).is_ok();
    let build_only: &[&str] = if nextest { &["nextest", "run", "--no-run"] } else { &["test", "--no-run"] };
    steps.loud("Building the tests", || process::must(cargo(place).args(build_only).arg("--workspace")))?;
    println!("      prepared in {}", ui::seconds(steps.elapsed()));
    steps.last("Testing", || tests(place, options, nextest, &servers, chromium.as_ref(), &programs, &site))
}

fn tests(
    place: &Place,
    options: &Options,
    nextest: bool,
    servers: &Servers,
    chromium: Option<&Chromium>,
    programs: &Path,
    site: &Path,
) -> Result<()> {
    let mut run = cargo(place);
    for name in SERVICE_VARIABLES {
        run.env_remove(name);
    }
    run.envs(servers.environment())
        .env("GOVCONNECT_BIN_DIR", programs)
        .env("GOVCONNECT_XTASK", programs.join("xtask"))
        .env("LEPTOS_SITE_ROOT", site)
        .env("INSTA_UPDATE", "no");
    if let Some(found) = chromium {
        run.env("CHROME", &found.browser).env("CHROMEDRIVER", &found.driver);
    }
    // Tests that need a browser have the word in their path.
    if nextest {
        run.args(["nextest", "run", "--workspace"]).args(&options.arguments);
        if chromium.is_none() {
            run.args(["-E", "not (package(e2e) & test(/browser/))"]);
        }
    } else {
        ui::note("cargo-nextest is not installed; plain `cargo test` does it");
        run.args(["test", "--workspace", "--no-fail-fast", "--"]).args(&options.arguments);
        if chromium.is_none() {
            run.args(["--skip", "browser"]);
        }
    }
    let status = process::run(&mut run)?;
    process::stop_if_interrupted()?;
    if !status.success() {
        return Err(ui::AlreadySaid.into());
    }
    Ok(())
}
