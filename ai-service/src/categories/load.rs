//! An office's categories for a turn: from the replica, or whole from case-service when the office is new here.

use std::time::Duration;

use contracts::OfficeId;
use contracts::dto::Page;
use contracts::dto::case::CategoryView;
use platform::bus::HandlerError;
use platform::http::client::Call;

use super::{Categories, OfficeCategory, store};
use crate::App;

/// A citizen does not wait longer for a list.
const PATIENCE: Duration = Duration::from_secs(2);

/// The categories to speak of.
pub async fn of(app: &App, office: OfficeId) -> Result<Categories, HandlerError> {
    let mut tx = app.ctx.db.office(office).await?;
    let known = store::list(&mut tx, office).await?;
    tx.commit().await?;
    whole(app, office, known).await
}

/// The same from what is known of them, and whether that is all.
pub async fn whole(
    app: &App,
    office: OfficeId,
    (known, all): (Vec<OfficeCategory>, bool),
) -> Result<Categories, HandlerError> {
    if all {
        return Ok(Categories::new(known));
    }
    let call = Call::office(office);
    let asked = app.case.get::<Page<CategoryView>>("/internal/categories", &call);
    let page = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(page)) if !page.data.is_empty() => page,
        Ok(Ok(_)) => return Ok(Categories::over_built_in(known)),
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "no list of categories: the built-in ones serve");
            return Ok(Categories::over_built_in(known));
        }
        Err(_) => {
            tracing::warn!("no list of categories in time: the built-in ones serve");
            return Ok(Categories::over_built_in(known));
        }
    };
    let mut tx = app.ctx.db.office(office).await?;
    for view in page.data {
        let category = OfficeCategory {
            key: view.kategori,
            name: view.name,
            active: view.active,
            position: view.position,
            fields: view.fields,
            version: view.version,
        };
        store::keep(&mut tx, office, &category).await?;
    }
    store::note_whole(&mut tx, office, app.ctx.clock.now()).await?;
    let (known, _) = store::list(&mut tx, office).await?;
    tx.commit().await?;
    Ok(Categories::new(known))
}
