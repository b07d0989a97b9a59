//! One complaint over HTTP: take it, read it, change it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::dto::case::{ComplaintDetail, ComplaintView, CreateComplaint, UpdateComplaint};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};

use super::change::{self, Request};
use super::draft::Reporter;
use super::sight::{self, Sight};
use super::store::Key;
use super::transition::{self, ReopenWindow};
use super::{Complaint, create as creation, store};
use crate::App;
use crate::error::Error;
use crate::identity::Identities;

/// Takes a complaint. `Idempotency-Key` makes a repeated call answer as the first one did.
#[utoipa::path(
    post, path = "/internal/complaints", tag = "complaints", request_body = CreateComplaint,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")),
    responses(
        (status = 201, body = ComplaintView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 503, description = "the database or, without contact_id, channel-service is away", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CreateComplaint>,
) -> Result<Response, Problem> {
    sight::may_write(&actor)?;
    Ok(creation::create(&app, office, (&actor).into(), &key, &body, Reporter::Named).await?.into_response())
}

/// One complaint with its timeline, its files and where it may go from here.
#[utoipa::path(
    get, path = "/internal/complaints/{id}", tag = "complaints",
    params(("id" = String, Path, description = "the number (LAP-…) or the id")),
    responses((status = 200, body = ComplaintDetail), (status = 404, body = contracts::problem::Problem))
)]
pub async fn get(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<ComplaintDetail>, Problem> {
    let sight = Sight::of(&actor);
    let key = Key::parse(&id).ok_or(Error::NoComplaint)?;
    let mut tx = app.ctx.db.office(office).await?;
    let complaint = store::find(&app.identities, &mut tx, office, key)
        .await?
        .filter(|found| sight.sees(found))
        .ok_or(Error::NoComplaint)?;
    let window = ReopenWindow { days: app.reopen_days, now: app.ctx.clock.now() };
    let allowed = transition::allowed(complaint.standing(), sight::mover(&actor, false), window);
    let detail = detail(&app.identities, &mut tx, office, &complaint, &sight, allowed).await?;
    tx.commit().await?;
    Ok(Json(detail))
}

/// A complaint with everything that hangs on it.
pub async fn detail(
    identities: &Identities,
    tx: &mut platform::Tx,
    office: contracts::OfficeId,
    complaint: &Complaint,
    sight: &Sight,
    allowed: Vec<contracts::ComplaintStatus>,
) -> Result<ComplaintDetail, Problem> {
    let updates = store::timeline(tx, office, complaint.id).await?;
    let media = if sight.blurs(complaint) { Vec::new() } else { store::media(tx, office, complaint.id).await? };
    Ok(ComplaintDetail {
        complaint: sight.view(identities, complaint),
        updates: updates.into_iter().map(|update| sight.update(complaint, update)).collect(),
        media,
        allowed,
    })
}

/// Changes fields, or moves the complaint, or both. `If-Match: <version>` refuses a change of something else than was seen.
#[utoipa::path(
    put, path = "/internal/complaints/{id}", tag = "complaints", request_body = UpdateComplaint,
    params(
        ("id" = String, Path, description = "the number (LAP-…) or the id"),
        ("If-Match" = Option<String>, Header, description = "the version that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")
    ),
    responses(
        (status = 200, body = ComplaintView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "it is another citizen's, or the person may not change complaints", body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem),
        (status = 409, description = "no such move; `allowed` names those that there are", body = contracts::problem::Problem),
        (status = 412, description = "it was changed meanwhile", body = contracts::problem::Problem)
    )
)]
pub async fn update(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    key: IdempotencyKey,
    headers: HeaderMap,
    Json(body): Json<UpdateComplaint>,
) -> Result<Response, Problem> {
    sight::may_write(&actor)?;
    let complaint = Key::parse(&id).ok_or(Error::NoComplaint)?;
    let if_match = if_match(&headers)?;
    let mut tx = app.ctx.db.office(office).await?;
    let slot =
        match idempotency::begin(&mut tx, office, "PUT /internal/complaints", &key, &(&id, if_match, &body)).await? {
            Begun::Replay(before) => {
                tx.commit().await?;
                return Ok(before.into_response());
            }
            Begun::Fresh(slot) => slot,
        };
    let request = Request { office, key: complaint, actor: &actor, if_match, body: &body };
    let view = change::change(&app, &mut tx, &request).await?;
    // The kept answer must not name whom the complaint itself does not.
    let kept = ComplaintView { contact_id: view.contact_id.filter(|_| !view.anonim), ..view.clone() };
    slot.store(&mut tx, StatusCode::OK, &kept).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(Json(view).into_response())
}

/// The version in `If-Match`: `3`, `"3"` or `W/"3"`; `*` and nothing match any.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let bad = || Problem::validation([("If-Match", "must be the version that was seen, such as \"3\"")]);
    let text = value.to_str().map_err(|_| bad())?.trim();
    if text == "*" {
        return Ok(None);
    }
    text.trim_start_matches("W/").trim_matches('"').parse().map(Some).map_err(|_| bad())
}
