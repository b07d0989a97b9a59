//! `/internal/citizens/{contact_id}`: export and erase.

use axum::extract::State;
use contracts::ContactId;
use contracts::permissions::CITIZEN_PRIVACY;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use serde::Serialize;
use serde_json::Value;

use super::store;
use crate::{App, privacy};

/// Everything that the assistant remembers of a citizen.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CitizenMemory {
    pub contact_id: ContactId,
    /// Where each conversation stands, with the complaint that is being taken.
    pub dialogues: Vec<Value>,
    /// Turns that are under way or were answered lately.
    pub turns: Vec<Value>,
    /// What officers asked them, and notes on conversations that officers took over.
    pub officers: Vec<Value>,
    /// Names that are hidden from outside models.
    pub names: Vec<String>,
}

/// What an erasure took.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CitizenForgotten {
    pub contact_id: ContactId,
    pub erased: u64,
}

/// What the assistant remembers of a citizen.
#[utoipa::path(
    get, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = CitizenMemory))
)]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<CitizenMemory>, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let (dialogues, turns) = store::export(&mut tx, office, contact_id).await?;
    let officers = store::officers(&mut tx, office, contact_id).await?;
    let names = privacy::store::of_contact(&mut tx, office, contact_id).await?;
    tx.commit().await?;
    Ok(Json(CitizenMemory { contact_id, dialogues, turns, officers, names }))
}

/// Forgets a citizen. Statistics stay: they name nobody.
#[utoipa::path(
    delete, path = "/internal/citizens/{contact_id}", tag = "citizens",
    params(("contact_id" = ContactId, Path)), responses((status = 200, body = CitizenForgotten))
)]
pub async fn erase(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(contact_id): Path<ContactId>,
) -> Result<Json<CitizenForgotten>, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let erased =
        store::erase(&mut tx, office, contact_id).await? + privacy::store::forget(&mut tx, office, contact_id).await?;
    tx.commit().await?;
    tracing::info!(rows = erased, "a citizen was forgotten");
    Ok(Json(CitizenForgotten { contact_id, erased }))
}

/// Services may, for the citizen who asks in the conversation; persons need the permission.
fn may(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(CITIZEN_PRIVACY).map(drop),
    }
}
