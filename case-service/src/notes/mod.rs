//! Notes on a complaint: internal ones for colleagues, public ones that the reporter is told.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::SubsecRound;
use contracts::dto::case::{AddNote, ComplaintUpdateView};
use contracts::events::complaint::ComplaintUpdated;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::{self, Cause};

use crate::App;
use crate::complaints::events;
use crate::complaints::sight::{self, Sight};
use crate::complaints::store::{self, Entry, Key};
use crate::error::Error;

/// A public note travels inside one message.
const LONGEST: usize = 2_000;

/// Adds a note. With `public` the reporter, and those who follow the complaint, are told.
#[utoipa::path(
    post, path = "/internal/complaints/{id}/notes", tag = "complaints", request_body = AddNote,
    params(
        ("id" = String, Path, description = "the number (LAP-…) or the id"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")
    ),
    responses(
        (status = 201, body = ComplaintUpdateView),
        (status = 400, description = "the text is missing or too long", body = contracts::problem::Problem),
        (status = 403, description = "the person may not change complaints", body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)
    )
)]
pub async fn add(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Json(body): Json<AddNote>,
) -> Result<Response, Problem> {
    let text = body.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.contains('\0') {
        return Err(Problem::validation([("text", format!("must have 1 to {LONGEST} characters"))]));
    }
    let sight = Sight::of(&actor);
    let complaint = Key::parse(&id).ok_or(Error::NoComplaint)?;
    let mut tx = app.ctx.db.office(office).await?;
    let route = "POST /internal/complaints/notes";
    let slot = match idempotency::begin(&mut tx, office, route, &key, &(&id, &body)).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            return Ok(before.into_response());
        }
        Begun::Fresh(slot) => slot,
    };
    let id = store::lock(&mut tx, office, complaint).await?.ok_or(Error::NoComplaint)?;
    let mut complaint = store::find(&app.identities, &mut tx, office, Key::Id(id))
        .await?
        .filter(|found| sight.sees(found))
        .ok_or(Error::NoComplaint)?;
    sight::may_write(&actor)?;
    complaint.version += 1;
    complaint.updated_at = app.ctx.clock.now().trunc_subsecs(6);
    let text = Some(text.to_owned());
    let entry = Entry {
        kind: "note",
        reason: text.clone().filter(|_| !body.public),
        remark: text.clone().filter(|_| body.public),
        ..Entry::begin(office, &complaint, actor.label(), actor.person().map(|person| person.id.clone()))
    };
    store::save(&mut tx, &complaint, &entry).await?;
    let open = body.public && !complaint.rahasia;
    let event = ComplaintUpdated {
        facts: events::facts(&complaint),
        remark: text.filter(|_| open),
        followers: events::followers(&app.identities, &mut tx, office, &complaint)
            .await?
            .into_iter()
            .filter(|_| open)
            .collect(),
    };
    outbox::append(&app.ctx, &mut tx, office, &event, &Cause::none()).await?;
    let view = entry.view();
    slot.store(&mut tx, StatusCode::CREATED, &view).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}
