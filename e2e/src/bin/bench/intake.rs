//! Webhooks accepted per second, each durable before its 200, as a share of what the broker itself takes; and how long an
//! answer takes at half that rate. The intake behind the queue works at the same time, as it does in life.

use std::cell::Cell;

use anyhow::Result;
use e2e::Service;

use crate::Options;
use crate::load::{closed, milliseconds, open};
use crate::programs::{Meta, Programs, body, citizen};
use crate::report::{Budget, Report};

/// No message is answered here: at the Graph API's address listens nobody.
const NOBODY: &str = "http://127.0.0.1:9";

pub async fn measure(options: &Options, programs: &Programs, broker: f64, report: &mut Report) -> Result<()> {
    println!("webhook intake …");
    let meta = Meta::new(programs);
    let next = Cell::new(0);
    let send = async || {
        let index = next.replace(next.get() + 1);
        meta.send(body(&programs.phone_number_id, &citizen(index))?).await
    };
    let running = programs.start(&[Service::Channel], NOBODY).await?;
    let rate = closed(options, send).await?;
    running.end().await?;
    report.add("webhooks accepted", "/s", rate, None);
    report.add("  as a share of confirmed publishes", "", rate / broker, Some(Budget::AtLeast(0.60)));
    println!("webhook answers at half that rate …");
    let running = programs.start(&[Service::Channel], NOBODY).await?;
    let latencies = open(options, rate / 2.0, send).await?;
    running.end().await?;
    report.add("webhook answer p50 at half that rate", "ms", milliseconds(&latencies, 0.5), None);
    report.add(
        "webhook answer p99 at half that rate",
        "ms",
        milliseconds(&latencies, 0.99),
        Some(Budget::AtMost(10.0)),
    );
    Ok(())
}
