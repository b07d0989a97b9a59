//! `/internal/numbers`: which numbers an office has, how fast they send, and what stands in their way.

use axum::extract::State;
use contracts::OfficeId;
use contracts::dto::Page;
use contracts::permissions::MANAGE_OFFICE;
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Change, NumberView, problem, store};
use crate::App;

/// A number to add or change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostNumber {
    phone_number_id: String,
    #[serde(default)]
    display_phone_number: Option<String>,
    /// Its own token; without one the token from the environment serves.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_token: Option<SecretString>,
    #[serde(default)]
    rate_per_second: Option<i32>,
    #[serde(default)]
    active: Option<bool>,
}

/// What to change of a number; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNumber {
    #[serde(default)]
    display_phone_number: Option<String>,
    /// Its own token; without one the token from the environment serves. A new one lets a stopped number go on.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_token: Option<SecretString>,
    /// Goes back to the token from the environment.
    #[serde(default)]
    forget_token: bool,
    /// Messages a second, 1 to 1000 (80 unless WhatsApp raised it).
    #[serde(default)]
    rate_per_second: Option<i32>,
    /// `false`: it takes nothing in and sends nothing; what is queued stays so.
    #[serde(default)]
    active: Option<bool>,
}

/// The office's numbers.
#[utoipa::path(get, path = "/internal/numbers", tag = "numbers", responses((status = 200, body = Page<NumberView>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Page<NumberView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let numbers = store::of_office(&mut tx, office).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(numbers)))
}

/// Adds a number, or changes one.
#[utoipa::path(post, path = "/internal/numbers", tag = "numbers", request_body = PostNumber,
    responses((status = 201, body = NumberView), (status = 409, description = "It belongs to another office")))]
pub async fn post(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Json(number): Json<PostNumber>,
) -> Result<(StatusCode, Json<NumberView>), Problem> {
    allowed(&actor)?;
    let wish = PutNumber {
        display_phone_number: number.display_phone_number,
        access_token: number.access_token,
        forget_token: false,
        rate_per_second: number.rate_per_second,
        active: number.active,
    };
    let view = change(&app, office, &number.phone_number_id, &wish).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes a number.
#[utoipa::path(put, path = "/internal/numbers/{id}", tag = "numbers", params(("id" = String, Path)), request_body = PutNumber,
    responses((status = 200, body = NumberView), (status = 404)))]
pub async fn put(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    Json(number): Json<PutNumber>,
) -> Result<Json<NumberView>, Problem> {
    allowed(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let known = store::of_office(&mut tx, office).await?.iter().any(|number| number.phone_number_id == id);
    tx.commit().await?;
    if !known {
        return Err(unknown());
    }
    change(&app, office, &id, &number).await.map(Json)
}

/// Lets a stopped number go on: the account was mended.
#[utoipa::path(post, path = "/internal/numbers/{id}/resume", tag = "numbers", params(("id" = String, Path)),
    responses((status = 200, body = NumberView), (status = 404)))]
pub async fn resume(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<NumberView>, Problem> {
    allowed(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    let view = problem::resume(&app, &mut tx, office, &id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    changed(&app);
    Ok(Json(view))
}

/// Services may; a person needs the permission.
fn allowed(actor: &Actor) -> Result<(), Problem> {
    if actor.person().is_some() {
        actor.require(MANAGE_OFFICE)?;
    }
    Ok(())
}

fn unknown() -> Problem {
    Problem::not_found("this office has no such number")
}

async fn change(app: &App, office: OfficeId, id: &str, wish: &PutNumber) -> Result<NumberView, Problem> {
    let mut errors = Vec::new();
    if !(1..=40).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        errors.push(("phone_number_id", "must be Meta's id of the number: digits only"));
    }
    if wish.rate_per_second.is_some_and(|rate| !(1..=1000).contains(&rate)) {
        errors.push(("rate_per_second", "must be 1 to 1000: as many as WhatsApp allows this number"));
    }
    if wish.forget_token && wish.access_token.is_some() {
        errors.push(("forget_token", "give a new token or forget the old one, not both"));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let sealed = wish
        .access_token
        .as_ref()
        .map(|token| app.numbers.seal(token, id))
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let change = Change {
        display: wish.display_phone_number.as_deref(),
        sealed_token: sealed.as_deref(),
        forget_token: wish.forget_token,
        rate_per_second: wish.rate_per_second,
        active: wish.active,
    };
    let mut tx = app.ctx.db.office(office).await?;
    let taken = || Problem::conflict("this number belongs to another office");
    let view = match store::upsert(&mut tx, office, id, &change).await {
        Ok(view) => view.ok_or_else(taken)?,
        // Row-level security hides another office's row from the update.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => return Err(taken()),
        Err(error) => return Err(error.into()),
    };
    problem::tell(app, &mut tx, office, &view).await?;
    tx.commit().await?;
    changed(app);
    Ok(view)
}

fn changed(app: &App) {
    app.numbers.forget();
    app.ctx.outbox.wake();
    app.outgoing.notify_one();
}
