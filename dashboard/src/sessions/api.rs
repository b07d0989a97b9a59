//! Who is signed in, as screens ask.

use leptos::prelude::*;

use super::Viewer;
use crate::error::AppError;

/// The person in front of the screen.
#[server(endpoint = "viewer")]
pub async fn read_viewer() -> Result<Viewer, AppError> {
    crate::error::answer(
        async {
            let chats = crate::live_chat::client::Chats::of_viewer()?;
            Ok(Viewer { frame: chats.frame().await, ..chats.viewer })
        }
        .await,
    )
}
