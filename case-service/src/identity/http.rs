//! Revealing who is behind an anonymous complaint: a permission, a written reason, and an entry that stays.

use axum::extract::State;
use chrono::SubsecRound;
use contracts::dto::case::{RevealIdentity, RevealedIdentity};
use contracts::permissions::REVEAL_IDENTITY;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use tracing::warn;

use crate::App;
use crate::complaints::sight::Sight;
use crate::complaints::store::{self, Entry, Key};
use crate::error::Error;

/// Shorter reasons explain nothing.
const SHORTEST: usize = 10;
const LONGEST: usize = 1_000;

/// Tells who reported anonymously. The reason is written into the complaint's timeline, with the person who gave it.
#[utoipa::path(
    post, path = "/internal/complaints/{id}/reveal", tag = "complaints", request_body = RevealIdentity,
    params(("id" = String, Path, description = "the number (LAP-…) or the id")),
    responses(
        (status = 200, body = RevealedIdentity),
        (status = 400, description = "the reason is missing or too short", body = contracts::problem::Problem),
        (status = 403, description = "this needs a person with the permission identity.reveal", body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)
    )
)]
pub async fn reveal(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    Json(body): Json<RevealIdentity>,
) -> Result<Json<RevealedIdentity>, Problem> {
    let person = actor.require(REVEAL_IDENTITY)?;
    let reason = body.reason.trim();
    if !(SHORTEST..=LONGEST).contains(&reason.chars().count()) || reason.contains('\0') {
        return Err(Problem::validation([("reason", format!("must have {SHORTEST} to {LONGEST} characters"))]));
    }
    let sight = Sight::of(&actor);
    let key = Key::parse(&id).ok_or(Error::NoComplaint)?;
    let mut tx = app.ctx.db.office(office).await?;
    let id = store::lock(&mut tx, office, key).await?.ok_or(Error::NoComplaint)?;
    let mut complaint = store::find(&app.identities, &mut tx, office, Key::Id(id))
        .await?
        .filter(|found| sight.sees(found))
        .ok_or(Error::NoComplaint)?;
    let contact_id = complaint.contact_id.ok_or(Error::NobodyKnown)?;
    complaint.version += 1;
    complaint.updated_at = app.ctx.clock.now().trunc_subsecs(6);
    let entry = Entry {
        kind: "identity",
        reason: Some(reason.to_owned()),
        ..Entry::begin(office, &complaint, person.name.clone(), Some(person.id.clone()))
    };
    store::save(&mut tx, &complaint, &entry).await?;
    tx.commit().await?;
    app.metrics.revealed.inc();
    warn!(complaint_id = %complaint.number, person = person.id, "the reporter of an anonymous complaint was revealed");
    Ok(Json(RevealedIdentity { complaint_id: complaint.number, contact_id }))
}
