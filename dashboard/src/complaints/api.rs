//! What the screens ask the server. Every endpoint is explicit: the default hashes the build folder.

use leptos::prelude::*;

use super::moves::Move;
use super::{Detail, Filter, List};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::error::answer;

/// How many complaints a page of the list shows.
#[cfg(feature = "ssr")]
const PAGE_SIZE: u32 = 25;

/// A page of the viewer's office's complaints, newest first.
#[server(endpoint = "complaints/list", input = leptos::server_fn::codec::Json)]
pub async fn complaints(filter: Filter) -> Result<List, AppError> {
    answer(async { super::client::Cases::of_viewer()?.list(&filter, PAGE_SIZE).await }.await)
}

/// One complaint.
#[server(endpoint = "complaints/detail", input = leptos::server_fn::codec::Json)]
pub async fn complaint(id: String) -> Result<Detail, AppError> {
    answer(async { super::client::Cases::of_viewer()?.detail(&id).await }.await)
}

/// Moves a complaint on. Works as a plain form too.
#[server(endpoint = "complaints/move")]
pub async fn move_complaint(change: Move) -> Result<(), AppError> {
    answer(super::client::make_move(&change).await)
}
