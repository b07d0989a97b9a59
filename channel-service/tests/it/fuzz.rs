//! Bodies that WhatsApp would never send: a bounded number of them, from a fixed seed. `--example fuzz_parser` goes on
//! for as long as it is told to.

use std::path::Path;

use bytes::Bytes;
use channel_service::parse::parse;
use platform::bus::Verdict;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;
use testkit::Test;

use crate::stage::Stage;

#[path = "../../examples/fuzz_parser/mutate.rs"]
mod mutate;

fn mutator(seed: u64) -> mutate::Mutator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files
        .into_iter()
        .map(|path| {
            let file: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
            file["raw"].as_str().map_or_else(|| file["body"].to_string(), str::to_owned).into_bytes()
        })
        .collect();
    mutate::Mutator::new(&seeds, StdRng::seed_from_u64(seed))
}

#[test]
fn no_mutated_body_vanishes_or_is_read_in_two_ways() {
    let mut mutator = mutator(7);
    for n in 0..4_000 {
        let body = mutator.body();
        let items = parse(&body, Test::start_time());
        assert!(!items.is_empty(), "body {n}: {}", String::from_utf8_lossy(&body));
        assert_eq!(items, parse(&body, Test::start_time()), "body {n}");
    }
}

#[tokio::test]
async fn every_mutated_body_is_taken_in_or_kept_aside() {
    let stage = Stage::alone().await;
    let mut mutator = mutator(11);
    let mut items = 0;
    for n in 0..12 {
        let batch: Vec<Bytes> = (0..20).map(|_| mutator.body().into()).collect();
        items += batch.iter().map(|body| parse(body, Test::start_time()).len()).sum::<usize>();
        let verdicts = stage.driver.intake(&batch).await;
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Done)), "batch {n}: {verdicts:?}");
    }
    assert!(items > 200, "{items}");
    let stored = stage.count("SELECT count(*) FROM messages").await;
    assert!(stored > 20, "{stored}");
}
