//! What the overview asks the server.

use leptos::prelude::*;

use super::Overview;
use crate::error::AppError;

/// Counts and the newest complaints of the viewer's office.
#[server(endpoint = "overview")]
pub async fn read_overview() -> Result<Overview, AppError> {
    let cases = crate::complaints::client::Cases::of_viewer()?;
    let newest = cases.list(&crate::complaints::Filter::default(), 8).await?;
    let counts = cases.counts().await?;
    Ok(Overview { counts, newest: newest.rows })
}
