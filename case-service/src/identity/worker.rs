//! Seals anonymous complaints from before there were seals, once after the start.

use std::time::Duration;

use tracing::{debug, info};

use super::store;
use crate::App;

/// How long to wait for a database that is away.
const PAUSE: Duration = Duration::from_secs(15);

/// Runs until nothing is left, and then waits for the stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let shutdown = app.ctx.tasks.shutdown();
    loop {
        match tick(&app).await {
            Ok(count) => {
                if count > 0 {
                    info!(count, "anonymous complaints of former times are sealed");
                }
                shutdown.cancelled().await;
                return Ok(());
            }
            Err(error) => debug!(error = &error as &dyn std::error::Error, "sealing waits: the database is away"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

/// Seals all that is left; returns how many there were.
pub async fn tick(app: &App) -> Result<usize, sqlx::Error> {
    let mut count = 0;
    loop {
        let mut tx = app.ctx.db.all_offices("sealing anonymous complaints of former times").await?;
        let sealed = store::seal_one(&app.identities, &mut tx).await?;
        tx.commit().await?;
        if !sealed {
            return Ok(count);
        }
        count += 1;
    }
}
