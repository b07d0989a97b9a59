//! What the overview asks the server.

use leptos::prelude::*;

use super::Overview;
use crate::error::AppError;

/// Counts and the newest complaints of the viewer's office.
#[server(endpoint = "overview")]
pub async fn read_overview() -> Result<Overview, AppError> {
    crate::error::answer(crate::complaints::client::overview().await)
}
