//! `/internal/contacts/resolve` and `/internal/citizens/{contact_id}`.

use axum::extract::State;
use contracts::dto::channel::{ResolveContact, ResolvedContact};
use contracts::{ContactId, WaUserId};
use http::StatusCode;
use platform::http::auth::Office;
use platform::http::{Json, Path, Problem};
use serde_json::Value;

use super::store;
use crate::App;

/// The contact behind a WhatsApp id; made if it is new.
#[utoipa::path(post, path = "/internal/contacts/resolve", tag = "contacts", request_body = ResolveContact,
    responses((status = 200, body = ResolvedContact)))]
pub async fn resolve(
    State(app): State<App>,
    Office(office): Office,
    Json(asked): Json<ResolveContact>,
) -> Result<Json<ResolvedContact>, Problem> {
    let id =
        WaUserId::parse(&asked.wa_user_id).map_err(|error| Problem::validation([("wa_user_id", error.to_string())]))?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact = super::resolve_id(&mut tx, office, &id, app.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(ResolvedContact { contact_id: contact.contact_id }))
}

/// Everything that this service knows of a citizen.
#[utoipa::path(get, path = "/internal/citizens/{contact_id}", tag = "contacts", params(("contact_id" = String, Path)),
    responses((status = 200, body = Value), (status = 404)))]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    Path(contact): Path<ContactId>,
) -> Result<Json<Value>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let data = store::export(&mut tx, office, contact).await?;
    tx.commit().await?;
    data.map(Json).ok_or_else(|| Problem::not_found("this office knows no such citizen"))
}

/// Forgets a citizen.
#[utoipa::path(delete, path = "/internal/citizens/{contact_id}", tag = "contacts", params(("contact_id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub async fn erase(
    State(app): State<App>,
    Office(office): Office,
    Path(contact): Path<ContactId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let known = store::erase(&mut tx, office, contact, app.ctx.clock.now()).await?;
    tx.commit().await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("this office knows no such citizen")) }
}
