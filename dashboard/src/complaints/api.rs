//! What the screens ask the server. Every endpoint is explicit: the default hashes the build folder.

use leptos::prelude::*;

use super::moves::Move;
use super::{Detail, Filter, List};
use crate::error::AppError;

/// How many complaints a page of the list shows.
#[cfg(feature = "ssr")]
const PAGE_SIZE: u32 = 25;

/// A page of the viewer's office's complaints, newest first.
#[server(endpoint = "complaints/list", input = leptos::server_fn::codec::Json)]
pub async fn complaints(filter: Filter) -> Result<List, AppError> {
    super::client::Cases::of_viewer()?.list(&filter, PAGE_SIZE).await
}

/// One complaint.
#[server(endpoint = "complaints/detail", input = leptos::server_fn::codec::Json)]
pub async fn complaint(id: String) -> Result<Detail, AppError> {
    super::client::Cases::of_viewer()?.detail(&id).await
}

/// Moves a complaint on. Works as a plain form too.
#[server(endpoint = "complaints/move")]
pub async fn move_complaint(change: Move) -> Result<(), AppError> {
    let (number, update) = change.read().map_err(AppError::Invalid)?;
    super::client::Cases::of_viewer()?.change(number, change.version, &update).await?;
    crate::sessions::http::back_to(&format!("/complaints/{number}"));
    Ok(())
}
