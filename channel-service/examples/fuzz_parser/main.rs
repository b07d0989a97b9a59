//! Reads mutated webhook bodies for as long as it is told to, and says what it found.
//!
//! `cargo run -p channel-service --example fuzz_parser -- --minutes 10 [--seed 7] [--folder more/bodies]`
//!
//! A finding is a panic, a body that vanishes, two answers to one body, or one that takes too long; the body is written
//! to the system's folder for temporary files, and the process ends non-zero.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use channel_service::parse::{Item, parse};
use chrono::DateTime;
use clap::Parser;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

mod mutate;

/// No body may hold up its siblings for that long, also on a busy machine and without optimisation.
const SLOW: Duration = Duration::from_secs(10);
/// The webhook's door takes no more.
const LARGEST: usize = 4 * 1024 * 1024;

#[derive(Debug, Parser)]
struct Arguments {
    /// How long to go on.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// Where the chance begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bodies beside our own.
    #[arg(long)]
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut seeds: Vec<Vec<u8>> = bodies(&own).into_iter().map(|file| unwrapped(&file)).collect();
    seeds.extend(arguments.folder.iter().flat_map(|folder| bodies(folder)));
    let mut mutator = mutate::Mutator::new(&seeds, StdRng::seed_from_u64(arguments.seed));
    let (begun, until) = (Instant::now(), Duration::from_secs_f64(arguments.minutes * 60.0));
    let (mut read, mut items, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    while begun.elapsed() < until {
        let body = mutator.body();
        if body.len() > LARGEST {
            continue;
        }
        let at = Instant::now();
        match std::panic::catch_unwind(|| check(&body)) {
            Ok(Ok(found)) => items += found as u64,
            Ok(Err(why)) => return finding(&body, &why),
            Err(_) => return finding(&body, "it panics"),
        }
        slowest = slowest.max(at.elapsed());
        if at.elapsed() > SLOW {
            return finding(&body, "it takes too long");
        }
        read += 1;
    }
    println!("{read} bodies from {} seeds, {items} items, the slowest in {slowest:?}: no finding", seeds.len());
    ExitCode::SUCCESS
}

fn check(body: &[u8]) -> Result<usize, String> {
    let now = DateTime::UNIX_EPOCH;
    let items = parse(body, now);
    if items.is_empty() {
        return Err("it vanishes".to_owned());
    }
    if items != parse(body, now) {
        return Err("it is read in two ways".to_owned());
    }
    for item in &items {
        if let Item::Other { kind, .. } = item
            && kind.chars().count() > 80
        {
            return Err("a kind that is too long for a label".to_owned());
        }
        if let Item::Message(message) = item
            && (message.wamid.is_empty() || message.text.as_deref().is_some_and(|text| text.contains('\0')))
        {
            return Err("a message that can't be stored".to_owned());
        }
    }
    Ok(items.len())
}

fn finding(body: &[u8], why: &str) -> ExitCode {
    let path = std::env::temp_dir().join("fuzz_parser_finding.json");
    match std::fs::write(&path, body) {
        Ok(()) => eprintln!("{why}: {}", path.display()),
        Err(error) => eprintln!("{why}, and the body can't be written: {error}"),
    }
    ExitCode::FAILURE
}

/// Every file below a folder.
fn bodies(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(bodies(&path)) } else { found.extend(std::fs::read(&path)) }
    }
    found
}

/// The body within a file of our own collection.
fn unwrapped(file: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(file).unwrap_or_default();
    value["raw"].as_str().map_or_else(|| value["body"].to_string().into_bytes(), |raw| raw.as_bytes().to_vec())
}
