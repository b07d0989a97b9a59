//! From webhook to reply at the Graph API, without the quiet time that closes a burst; built-in understanding.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use contracts::office::OfficeSettings;
use e2e::{Service, within};
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::Instant;

use crate::Options;
use crate::graph::Graph;
use crate::load::{latencies, milliseconds, open, record};
use crate::programs::{Meta, Programs, body, citizen};
use crate::report::{Budget, Report};

/// Turns are spread over so many numbers, as a regency's would be.
const NUMBERS: usize = 8;
/// The budget is for this many turns per second; at a lower rate nothing is said about it.
const BUDGET_RATE: u32 = 200;

pub async fn measure(options: &Options, programs: &Programs, report: &mut Report) -> Result<()> {
    println!("webhook → reply at {} turns a second …", options.turns_per_second);
    let graph = Graph::default();
    let (address, _served) = graph.listen().await?;
    let running = programs.start(&[Service::Channel, Service::Ai, Service::Case], &address).await?;
    let numbers: Vec<String> = (0..NUMBERS).map(|index| format!("10654035224{index:04}")).collect();
    for number in &numbers {
        let answer =
            programs.call(Service::Channel).post("/internal/numbers", &json!({"phone_number_id": number})).await?;
        answer.expect(StatusCode::CREATED)?;
    }
    let meta = Meta::new(programs);
    let sent = Mutex::new(Vec::<(String, Instant)>::new());
    let next = Cell::new(0_usize);
    let warm = Instant::now() + Duration::from_secs(options.warm_up);
    open(options, f64::from(options.turns_per_second), async || {
        let index = next.replace(next.get() + 1);
        let citizen = citizen(index);
        let begun = Instant::now();
        meta.send(body(&numbers[index % NUMBERS], &citizen)?).await?;
        if begun >= warm {
            sent.lock().unwrap_or_else(PoisonError::into_inner).push((citizen, begun));
        }
        Ok(())
    })
    .await?;
    within(
        Duration::from_mins(1),
        "every turn has its reply",
        async || Ok((graph.count() >= next.get()).then_some(())),
    )
    .await?;
    let quiet = Duration::from_millis(OfficeSettings::default().turn_quiet_ms.into());
    let mut waits = latencies()?;
    for (citizen, begun) in sent.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let replied = graph.replied(&citizen).with_context(|| format!("{citizen} has no reply"))?;
        let all = replied.saturating_duration_since(begun);
        ensure!(
            all >= quiet,
            "a reply came after {all:?}, before the quiet time was over: nothing can be told from that"
        );
        record(&mut waits, all.saturating_sub(quiet));
    }
    ensure!(!waits.is_empty(), "no turn was measured");
    let budget = |most| (options.turns_per_second >= BUDGET_RATE).then_some(Budget::AtMost(most));
    report.add("webhook → reply, turns", "/s", f64::from(options.turns_per_second), None);
    report.add("webhook → reply p50, without quiet time", "ms", milliseconds(&waits, 0.5), budget(40.0));
    report.add("webhook → reply p99, without quiet time", "ms", milliseconds(&waits, 0.99), budget(150.0));
    running.end().await
}
