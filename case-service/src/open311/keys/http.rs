//! Keys over HTTP, for administrators.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::dto::Page;
use contracts::dto::case::{CreateOpen311Key, NewOpen311Key, Open311Key};
use contracts::permissions::MANAGE_OFFICE;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use uuid::Uuid;

use super::{Key, digest, store};
use crate::App;

const LONGEST_NAME: usize = 120;
const MOST_PER_MINUTE: i32 = 6_000;

fn may(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(MANAGE_OFFICE).map(drop),
    }
}

/// The keys that were given out; never the keys themselves.
#[utoipa::path(get, path = "/internal/open311/keys", tag = "open311", responses((status = 200, body = Page<Open311Key>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
) -> Result<Json<Page<Open311Key>>, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let keys = store::list(&mut tx, office).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(keys)))
}

/// Makes a key. It is shown in this answer and never again.
#[utoipa::path(
    post, path = "/internal/open311/keys", tag = "open311", request_body = CreateOpen311Key,
    responses(
        (status = 201, body = NewOpen311Key),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "the person may not manage the office", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Json(body): Json<CreateOpen311Key>,
) -> Result<Response, Problem> {
    may(&actor)?;
    let mut errors = Vec::new();
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
        errors.push(("name", format!("must have 1 to {LONGEST_NAME} characters")));
    }
    if !(1..=MOST_PER_MINUTE).contains(&body.per_minute) {
        errors.push(("per_minute", format!("must be between 1 and {MOST_PER_MINUTE}")));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let secret = hex::encode(rand::random::<[u8; 24]>());
    let key = Key { id: Uuid::now_v7(), name: name.to_owned(), per_minute: body.per_minute };
    let mut tx = app.ctx.db.office(office).await?;
    store::add(&mut tx, office, &key, &digest(&secret), &actor.label(), app.ctx.clock.now()).await?;
    tx.commit().await?;
    let new = NewOpen311Key { id: key.id, name: key.name, api_key: secret };
    Ok((StatusCode::CREATED, axum::Json(new)).into_response())
}

/// Ends a key at once.
#[utoipa::path(
    delete, path = "/internal/open311/keys/{id}", tag = "open311", params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, description = "the person may not manage the office", body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)
    )
)]
pub async fn revoke(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let revoked = store::revoke(&mut tx, office, id, app.ctx.clock.now()).await?;
    tx.commit().await?;
    if revoked {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("there is no such key, or it was revoked before"))
    }
}
