//! `cargo xtask sqlx-prepare [--check]`: the metadata that queries are checked against when no database is there.
//!
//! Throw-away databases get each service's migrations; one `cargo check` of all crates with SQL then expands their query
//! macros against them. Each crate needs its own database and its own folder for the results, so xtask stands between cargo
//! and rustc (`RUSTC_WORKSPACE_WRAPPER`, see [`as_compiler`]) and sets both per crate. That also gives these runs
//! compilation units of their own: clippy and builds stay warm.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cargo::cargo;
use crate::instance::{Instance, TEST_OWNER};
use crate::place::{self, Place};
use crate::postgres::Postgres;
use crate::ui::{Steps, note};
use crate::{process, setup, tools};

#[derive(Debug, Args)]
pub struct Options {
    /// Only compare with the committed metadata
    #[arg(long)]
    check: bool,
    /// These crates only
    #[arg(short, long)]
    package: Vec<String>,
}

/// A crate with SQL.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Crate {
    name: String,
    folder: PathBuf,
    /// From its `sqlx.toml`.
    variable: String,
    database_url: String,
    /// Where its macros write to.
    results: PathBuf,
}

/// Tells the wrapper which crates there are.
const ROUTES: &str = "GOVCONNECT_SQLX_ROUTES";

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let mut steps = Steps::new(5);
    let (_, started) = setup::start(place, &mut steps)?;
    let done = steps.loud("Checking the queries", || prepare(place, options.check, &options.package));
    if started {
        crate::down::stop(place, "test")?;
    }
    done
}

/// Needs the test servers. Compares (`check`) or renews the `.sqlx` folder of every crate with SQL, or of some (`only`).
pub fn prepare(place: &Place, check: bool, only: &[String]) -> Result<()> {
    let tools = tools::postgres::provide(place)?;
    let (server, owner, template) = {
        let instance = Instance::open(place, "test", false)?;
        let owner = instance.record.owner_password.clone();
        (instance.postgres(&tools)?, owner.clone(), instance.database_url(TEST_OWNER, &owner, "{database}"))
    };
    let mut crates = crates_with_sql(place, &template)?;
    crates.retain(|one| only.is_empty() || only.contains(&one.name));
    if crates.is_empty() {
        note("no crate has queries");
        return Ok(());
    }
    for one in &crates {
        make_database(place, &server, &owner, &one.name)?;
    }
    let done = expand(place, &crates).and_then(|()| crates.iter().try_for_each(|one| settle(one, check)));
    for one in &crates {
        server.sql("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database(&one.name)))?;
    }
    done
}

/// Crates are told by their `sqlx.toml`.
fn crates_with_sql(place: &Place, template: &str) -> Result<Vec<Crate>> {
    let mut found = Vec::new();
    for parent in [place.root.clone(), place.root.join("crates")] {
        for entry in fs::read_dir(parent)? {
            let folder = entry?.path();
            let Ok(text) = fs::read_to_string(folder.join("sqlx.toml")) else { continue };
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let variable =
                database_variable(&text).with_context(|| format!("{name}/sqlx.toml names no database-url-var"))?;
            let database_url = template.replace("{database}", &database(&name));
            let results = place.local.join("sqlx").join(&name);
            found.push(Crate { name, folder, variable, database_url, results });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn database_variable(toml: &str) -> Option<String> {
    let line = toml.lines().find_map(|line| line.trim().strip_prefix("database-url-var"))?;
    Some(line.trim().strip_prefix('=')?.trim().trim_matches('"').to_owned())
}

fn database(name: &str) -> String {
    format!("prepare_{}", name.replace('-', "_"))
}

/// Platform has no database of its own; its tables are in every service's, equal.
fn migrations(place: &Place, name: &str) -> PathBuf {
    let service = if name == "platform" { "case" } else { name.trim_end_matches("-service") };
    place.root.join("migrations").join(service)
}

fn make_database(place: &Place, server: &Postgres, owner: &str, name: &str) -> Result<()> {
    let database = database(name);
    server.sql("postgres", &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))?;
    server.sql("postgres", &format!("CREATE DATABASE {database} OWNER {TEST_OWNER}"))?;
    let folder = migrations(place, name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("{name} has queries but no {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"))
        .collect();
    files.sort();
    for file in files {
        let mut psql = server.psql(TEST_OWNER, owner, &database);
        psql.args(["--single-transaction", "-o", "/dev/null", "-f"]).arg(&file);
        process::output(&mut psql).with_context(|| format!("{} can't be applied", file.display()))?;
    }
    Ok(())
}

/// Runs the macros of all these crates.
fn expand(place: &Place, crates: &[Crate]) -> Result<()> {
    for one in crates {
        let _ = fs::remove_dir_all(&one.results);
        fs::create_dir_all(&one.results)?;
    }
    let routes = place.local.join("sqlx/routes.json");
    place::write_whole(&routes, &serde_json::to_vec(crates)?, 0o600)?;
    // A fixed path, for it is part of what tells cargo's compilation units apart.
    let wrapper = place.local.join("sqlx/compiler");
    let draft = wrapper.with_extension("new");
    fs::copy(std::env::current_exe()?, &draft)?;
    fs::rename(&draft, &wrapper)?;
    let mut check = cargo(place);
    check.args(["check", "--all-targets"]).env("RUSTC_WORKSPACE_WRAPPER", &wrapper).env(ROUTES, &routes);
    for one in crates {
        check.args(["-p", &one.name]);
    }
    let _touched = Touched::new(crates)?;
    process::must(&mut check).context("the queries don't fit the migrations")
}

/// Makes cargo compile crates again that it has compiled already, by giving their roots a new time; puts the old one back,
/// so that other builds don't notice.
#[derive(Debug)]
struct Touched(Vec<(PathBuf, SystemTime, SystemTime)>);

impl Touched {
    fn new(crates: &[Crate]) -> Result<Self> {
        let mut touched = Self(Vec::new());
        let now = SystemTime::now();
        for one in crates {
            let mut roots = vec![one.folder.join("src/lib.rs"), one.folder.join("src/main.rs")];
            for folder in ["tests", "benches", "examples", "src/bin"] {
                let Ok(entries) = fs::read_dir(one.folder.join(folder)) else { continue };
                for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                    roots.push(if path.is_dir() { path.join("main.rs") } else { path });
                }
            }
            for root in roots.into_iter().filter(|root| root.is_file()) {
                let before = fs::metadata(&root)?.modified()?;
                File::options().append(true).open(&root)?.set_modified(now)?;
                let after = fs::metadata(&root)?.modified()?;
                touched.0.push((root, before, after));
            }
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (path, before, after) in &self.0 {
            // Somebody may have edited it meanwhile: then its time is theirs.
            let ours = fs::metadata(path).and_then(|found| found.modified()).is_ok_and(|time| time == *after);
            if ours && let Ok(file) = File::options().append(true).open(path) {
                let _ = file.set_modified(*before);
            }
        }
    }
}

/// Compares what the macros wrote with what is committed, and brings the latter up to date unless `check`.
fn settle(one: &Crate, check: bool) -> Result<()> {
    let committed_folder = one.folder.join(".sqlx");
    let (fresh, committed) = (queries(&one.results)?, queries(&committed_folder)?);
    let (changed, stale) = differences(&fresh, &committed);
    if changed.is_empty() && stale.is_empty() {
        return Ok(());
    }
    if check {
        bail!(
            "{}/.sqlx is out of date ({} queries to write, {} to remove): run `cargo xtask sqlx-prepare` and commit it",
            one.name,
            changed.len(),
            stale.len()
        );
    }
    for name in &changed {
        if let Some(bytes) = fresh.get(name) {
            place::write_whole(&committed_folder.join(name), bytes, 0o644)?;
        }
    }
    for name in &stale {
        fs::remove_file(committed_folder.join(name))?;
    }
    note(format!("{}: {} queries, {} written, {} removed", one.name, fresh.len(), changed.len(), stale.len()));
    Ok(())
}

type Queries = BTreeMap<String, Vec<u8>>;

fn queries(folder: &Path) -> Result<Queries> {
    let mut found = Queries::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            found.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(found)
}

/// Names to write, and names to remove.
fn differences(fresh: &Queries, committed: &Queries) -> (Vec<String>, Vec<String>) {
    let changed = fresh.iter().filter(|(name, bytes)| committed.get(*name) != Some(*bytes));
    let stale = committed.keys().filter(|name| !fresh.contains_key(*name));
    (changed.map(|(name, _)| name.clone()).collect(), stale.cloned().collect())
}

/// When cargo started us as its compiler: the real one's arguments, in an environment made for the crate at hand.
pub fn as_compiler() -> Option<Result<()>> {
    let routes = std::env::var_os(ROUTES)?;
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next()?;
    let mut command = Command::new(rustc);
    command.args(arguments);
    let name = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let crates: Vec<Crate> =
        match fs::read(routes).map_err(Into::into).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)) {
            Ok(crates) => crates,
            Err(error) => return Some(Err(error)),
        };
    if let Some(one) = crates.into_iter().find(|one| one.name == name) {
        command.env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", one.results).env(one.variable, one.database_url);
    }
    Some(Err(command.exec().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_read_from_sqlx_toml() {
        assert_eq!(
            database_variable("[common]\ndatabase-url-var = \"CASE_DATABASE_URL\"\n").unwrap(),
            "CASE_DATABASE_URL"
        );
        assert_eq!(database_variable("[common]\n"), None);
    }

    #[test]
    fn changed_and_stale_queries_are_told_apart() {
        let set = |list: &[(&str, &str)]| list.iter().map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec())).collect();
        let (changed, stale) =
            differences(&set(&[("a", "1"), ("b", "2")]), &set(&[("a", "1"), ("b", "x"), ("c", "3")]));
        assert_eq!((changed, stale), (vec!["b".to_owned()], vec!["c".to_owned()]));
    }

    #[test]
    fn a_touched_file_gets_its_time_back_unless_it_was_edited() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("src")).unwrap();
        let lib = dir.path().join("src/lib.rs");
        let before = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        File::create(&lib).unwrap().set_modified(before).unwrap();
        let empty = String::new;
        let one = Crate {
            name: empty(),
            folder: dir.path().into(),
            variable: empty(),
            database_url: empty(),
            results: PathBuf::new(),
        };
        let touched = Touched::new(std::slice::from_ref(&one)).unwrap();
        assert_ne!(fs::metadata(&lib).unwrap().modified().unwrap(), before);
        drop(touched);
        assert_eq!(fs::metadata(&lib).unwrap().modified().unwrap(), before);
    }
}
