//! What the screens ask the server. Every endpoint is explicit: the default hashes the build folder.

use leptos::prelude::*;

use super::{Act, Caught};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::error::answer;

/// What happened since, after a gap in the live feed.
#[server(endpoint = "chat/since", input = leptos::server_fn::codec::Json)]
pub async fn chat_since(after: String) -> Result<Caught, AppError> {
    answer(async { super::client::Chats::of_viewer()?.since(&after).await }.await)
}

/// Something that a person does. Works as a plain form too.
#[server(endpoint = "chat/act")]
pub async fn chat_act(act: Act) -> Result<(), AppError> {
    answer(super::acts::perform(&act).await)
}
