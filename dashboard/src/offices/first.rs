//! The first office's name: from the environment, once; afterwards it is the dashboard's.

use contracts::OfficeId;
use contracts::events::office::OfficeUpdated;
use platform::outbox::{Cause, append};
use platform::{Context, offices};
use tracing::info;

use super::store;

const USUAL_NAME: &str = "Kantor";

/// Says who the first office is, if nobody has said so yet.
pub async fn announce(ctx: &Context, name: Option<&str>) -> anyhow::Result<()> {
    let mut tx = ctx.db.office(OfficeId::FIRST).await?;
    if let Some(mut office) = store::lock(&mut tx, OfficeId::FIRST).await?
        && office.version == 0
    {
        office.version = 1;
        name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(USUAL_NAME).clone_into(&mut office.name);
        offices::keep(&mut tx, &office).await?;
        info!(name = office.name, "the first office has its name");
        append(ctx, &mut tx, OfficeId::FIRST, &OfficeUpdated { office }, &Cause::none()).await?;
    }
    tx.commit().await?;
    ctx.outbox.wake();
    ctx.offices.forget();
    Ok(())
}
