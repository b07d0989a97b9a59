//! The clock's hands: warns before a complaint is late, says when it is and to whom it goes then, and counts open
//! complaints again when the calendar changed.
//!
//! A worker ticks; what it does is in the complaint's timeline and in `complaint.sla_at_risk`. What must stay true: each
//! warning and each breach is told once per clock, by whichever instance comes first, also after hours without a worker.

pub mod store;

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use contracts::OfficeId;
use contracts::events::complaint::{ComplaintSlaAtRisk, ComplaintUpdated};
use platform::outbox::{self, AppendError, Cause};
use serde_json::json;
use tracing::{debug, info};
use uuid::Uuid;

use crate::App;
use crate::calendar;
use crate::complaints::store::{self as complaints, Entry, Key};
use crate::complaints::{Complaint, events};

const EVERY: Duration = Duration::from_secs(15);
/// Complaints in one transaction.
const BATCH: i64 = 100;

/// Runs until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        if let Err(error) = tick(&app).await {
            debug!(error = &error as &dyn std::error::Error, "the clock waits: the database is away");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// One look at everything; returns when nothing is left to do at this moment.
pub async fn tick(app: &App) -> Result<(), AppendError> {
    while recount_some(app).await? {}
    while look(app).await? {}
    Ok(())
}

/// Counts a batch of one office's open complaints again. `true`: there may be more.
async fn recount_some(app: &App) -> Result<bool, AppendError> {
    let mut tx = app.ctx.db.all_offices("counting again after a change of the calendar").await?;
    let Some((office, after)) = store::next_recount(&mut tx).await? else { return Ok(false) };
    let ids = store::open_after(&mut tx, office, after, BATCH).await?;
    for id in &ids {
        recount(app, &mut tx, office, *id).await?;
    }
    store::recounted(&mut tx, office, ids.last().copied()).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(true)
}

async fn recount(app: &App, tx: &mut platform::Tx, office: OfficeId, id: Uuid) -> Result<(), AppendError> {
    if complaints::lock(tx, office, Key::Id(id)).await?.is_none() {
        return Ok(());
    }
    let Some(mut complaint) = complaints::find(&app.identities, tx, office, Key::Id(id)).await? else { return Ok(()) };
    let calendar = calendar::store::calendar(&app.ctx, tx, office, complaint.time.clock_started_at).await?;
    let before = complaint.time;
    complaint.time = before.recounted(&calendar);
    if complaint.closed_at.is_some() || complaint.time == before {
        return Ok(());
    }
    next_version(app, &mut complaint);
    let entry = Entry {
        changes: json!({"due_at": {"before": before.due_at, "after": complaint.time.due_at}}),
        ..entry(office, &complaint)
    };
    complaints::save(tx, &complaint, &entry).await?;
    let event = ComplaintUpdated { facts: events::facts(&complaint), remark: None, followers: Vec::new() };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await.map(drop)
}

/// Tells a batch of what is at risk or late by now. `true`: there may be more.
async fn look(app: &App) -> Result<bool, AppendError> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.all_offices("complaints that are at risk or late").await?;
    let due = store::at_risk(&mut tx, now, BATCH).await?;
    for (office, id) in &due {
        let Some(mut complaint) = complaints::find(&app.identities, &mut tx, *office, Key::Id(*id)).await? else {
            continue;
        };
        let role = app.ctx.offices.settings(&app.ctx.db, *office).await?.escalation_role;
        tell(app, &mut tx, *office, &mut complaint, &role).await?;
    }
    tx.commit().await?;
    if due.is_empty() {
        return Ok(false);
    }
    app.ctx.outbox.wake();
    Ok(true)
}

async fn tell(
    app: &App,
    tx: &mut platform::Tx,
    office: OfficeId,
    complaint: &mut Complaint,
    role: &str,
) -> Result<(), AppendError> {
    let now = next_version(app, complaint);
    let breached = complaint.time.due_at <= now;
    complaint.time.warned_at = complaint.time.warned_at.or(Some(now));
    let mut changes =
        json!({"sla": {"before": null, "after": if breached { "terlambat" } else { "hampir_terlambat" }}});
    if breached {
        complaint.time.breached_at = Some(now);
        changes["escalated_to"] = json!({"before": complaint.escalated_to, "after": role});
        complaint.escalated_to = Some(role.to_owned());
        app.metrics.late.inc();
    } else {
        app.metrics.at_risk.inc();
    }
    let entry = Entry { changes, ..entry(office, complaint) };
    complaints::save(tx, complaint, &entry).await?;
    let event = ComplaintSlaAtRisk {
        facts: events::facts(complaint),
        breached,
        escalated_to: complaint.escalated_to.clone().filter(|_| breached),
    };
    outbox::append(&app.ctx, tx, office, &event, &Cause::none()).await?;
    info!(complaint_id = %complaint.number, breached, "a complaint's time runs out");
    Ok(())
}

fn next_version(app: &App, complaint: &mut Complaint) -> DateTime<Utc> {
    let now = app.ctx.clock.now().trunc_subsecs(6);
    complaint.version += 1;
    complaint.updated_at = now;
    now
}

fn entry(office: OfficeId, complaint: &Complaint) -> Entry {
    Entry { kind: "clock", ..Entry::begin(office, complaint, "system:clock".to_owned(), None) }
}
