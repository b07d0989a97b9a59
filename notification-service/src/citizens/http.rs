//! What a citizen is owed: everything that we hold about them, and its erasure.

use axum::extract::State;
use contracts::ContactId;
use contracts::dto::notification::{CitizenNotifications, NotificationsErased};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use tracing::info;

use super::store;
use crate::{App, permissions};

/// Everything that a citizen was told.
#[utoipa::path(
    get, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = CitizenNotifications))
)]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<CitizenNotifications>, Problem> {
    permissions::check(&actor, permissions::PRIVACY)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact_id = store::present_id(&mut tx, office, contact_id).await?;
    let opted_out = store::opted_out(&mut tx, office, contact_id).await?;
    let notifications = store::told(&mut tx, office, contact_id).await?;
    tx.commit().await?;
    Ok(Json(CitizenNotifications { contact_id, opted_out, notifications }))
}

/// Removes it; what was still to be said is not said any more.
#[utoipa::path(
    delete, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = NotificationsErased))
)]
pub async fn erase(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<NotificationsErased>, Problem> {
    permissions::check(&actor, permissions::PRIVACY)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact_id = store::present_id(&mut tx, office, contact_id).await?;
    let erased = store::erase(&mut tx, office, contact_id).await?;
    tx.commit().await?;
    info!(notifications = erased, "a citizen's notifications were erased");
    Ok(Json(NotificationsErased { contact_id, erased: i64::try_from(erased).unwrap_or(i64::MAX) }))
}
