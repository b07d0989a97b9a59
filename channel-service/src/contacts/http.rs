//! `POST /internal/contacts/resolve`.

use axum::extract::State;
use contracts::WaUserId;
use contracts::dto::channel::{ResolveContact, ResolvedContact};
use platform::http::auth::Office;
use platform::http::{Json, Problem};

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
