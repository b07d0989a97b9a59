//! `GET` and `POST /internal/numbers`: which numbers an office has.

use axum::extract::State;
use contracts::PhoneNumberId;
use contracts::dto::Page;
use contracts::events::office::NumberUpdated;
use http::StatusCode;
use platform::http::auth::Office;
use platform::http::{Json, Problem};
use platform::outbox::{self, Cause};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{NumberView, store};
use crate::App;

/// A number to add or change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNumber {
    phone_number_id: String,
    #[serde(default)]
    display_phone_number: Option<String>,
    /// Its own token; without one the token from the environment serves.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_token: Option<SecretString>,
}

/// The office's numbers.
#[utoipa::path(get, path = "/internal/numbers", tag = "numbers", responses((status = 200, body = Page<NumberView>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Page<NumberView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let numbers = store::of_office(&mut tx, office).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(numbers)))
}

/// Adds a number, or changes its token or display.
#[utoipa::path(post, path = "/internal/numbers", tag = "numbers", request_body = PutNumber,
    responses((status = 201, body = NumberView), (status = 409, description = "It belongs to another office")))]
pub async fn put(
    State(app): State<App>,
    Office(office): Office,
    Json(number): Json<PutNumber>,
) -> Result<(StatusCode, Json<NumberView>), Problem> {
    let id = number.phone_number_id.as_str();
    if !(1..=40).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::validation([("phone_number_id", "must be Meta's id of the number: digits only")]));
    }
    let sealed = number
        .access_token
        .as_ref()
        .map(|token| app.numbers.seal(token, id))
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let mut tx = app.ctx.db.office(office).await?;
    let display = number.display_phone_number.as_deref();
    let taken = || Problem::conflict("this number belongs to another office");
    let view = match store::upsert(&mut tx, office, id, display, sealed.as_deref()).await {
        Ok(view) => view.ok_or_else(taken)?,
        // Row-level security hides another office's row from the update.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => return Err(taken()),
        Err(error) => return Err(error.into()),
    };
    let event = NumberUpdated {
        office_id: office,
        phone_number_id: PhoneNumberId(view.phone_number_id.clone()),
        display_phone_number: view.display_phone_number.clone(),
        active: view.active,
        version: view.version,
    };
    outbox::append(&app.ctx, &mut tx, office, &event, &Cause::none()).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok((StatusCode::CREATED, Json(view)))
}
