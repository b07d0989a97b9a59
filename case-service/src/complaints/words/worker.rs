//! Writes the words of complaints from before there were any.

use std::time::Duration;

use tracing::{debug, info};

use super::{of_complaint, store};
use crate::App;
use crate::complaints::store::{Key, find};

const EVERY: Duration = Duration::from_mins(1);
/// Complaints in one transaction: two that write words in another order would wait for each other.
const BATCH: i64 = 1;

/// Runs until the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    loop {
        match tick(&app).await {
            Ok(0) => {}
            Ok(count) => info!(count, "older complaints can be found by their words"),
            Err(error) => debug!(error = &error as &dyn std::error::Error, "words wait: the database is away"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

/// Takes up all that is left; returns how many there were.
pub async fn tick(app: &App) -> Result<usize, sqlx::Error> {
    let mut count = 0;
    loop {
        let mut tx = app.ctx.db.all_offices("words of older complaints").await?;
        let some = store::without(&mut tx, BATCH).await?;
        if some.is_empty() {
            return Ok(count);
        }
        for (office, id) in &some {
            if let Some(complaint) = find(&app.identities, &mut tx, *office, Key::Id(*id)).await? {
                store::add(&mut tx, *office, *id, complaint.created_at, &of_complaint(&complaint)).await?;
            }
            store::written(&mut tx, *office, *id).await?;
        }
        tx.commit().await?;
        count += some.len();
    }
}
