//! Categories over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contracts::dto::Page;
use contracts::dto::case::{CategoryView, CreateCategory, UpdateCategory};
use contracts::permissions::MANAGE_CATEGORIES;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};

use super::{definition, store};
use crate::App;
use crate::complaints::http::if_match;
use crate::error::Error;

/// Services of ours may; persons need the permission.
pub fn may_manage(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(MANAGE_CATEGORIES).map(drop),
    }
}

/// What the office takes complaints about.
#[utoipa::path(get, path = "/internal/categories", tag = "categories", responses((status = 200, body = Page<CategoryView>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Page<CategoryView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let categories = store::list(&app.ctx, &mut tx, office).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(Json(Page::whole(categories)))
}

/// Adds a category of the office's own.
#[utoipa::path(
    post, path = "/internal/categories", tag = "categories", request_body = CreateCategory,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")),
    responses(
        (status = 201, body = CategoryView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "the person may not change categories", body = contracts::problem::Problem),
        (status = 409, description = "the office has a category with this key", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CreateCategory>,
) -> Result<Response, Problem> {
    may_manage(&actor)?;
    let mut errors = definition::check(&body.name, body.sla, &body.fields);
    if !definition::is_key(&body.kategori.0) {
        errors.insert(0, ("kategori".into(), "must be 1 to 40 of a-z, 0-9 and _".to_owned()));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/categories", &key, &body).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            return Ok(before.into_response());
        }
        Begun::Fresh(slot) => slot,
    };
    let last = store::list(&app.ctx, &mut tx, office).await?.iter().map(|category| category.position).max();
    let category = CategoryView {
        kategori: body.kategori,
        name: body.name.trim().to_owned(),
        sla: body.sla,
        fields: body.fields,
        position: body.position.unwrap_or_else(|| last.unwrap_or(0).saturating_add(1)),
        active: true,
        version: 1,
    };
    if !store::add(&app.ctx, &mut tx, office, &category).await? {
        return Err(Error::CategoryExists.into());
    }
    slot.store(&mut tx, StatusCode::CREATED, &category).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok((StatusCode::CREATED, axum::Json(category)).into_response())
}

/// Renames, retires, reorders a category, or changes its time or questions. Complaints keep the time that they began with.
#[utoipa::path(
    put, path = "/internal/categories/{kategori}", tag = "categories", request_body = UpdateCategory,
    params(
        ("kategori" = String, Path, description = "the category's key"),
        ("If-Match" = Option<String>, Header, description = "the version that was seen")
    ),
    responses(
        (status = 200, body = CategoryView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "the person may not change categories", body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem),
        (status = 412, description = "it was changed meanwhile", body = contracts::problem::Problem)
    )
)]
pub async fn update(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(kategori): Path<String>,
    headers: HeaderMap,
    Json(body): Json<UpdateCategory>,
) -> Result<Json<CategoryView>, Problem> {
    may_manage(&actor)?;
    let if_match = if_match(&headers)?;
    let mut tx = app.ctx.db.office(office).await?;
    // An office's very first call may be this one.
    store::list(&app.ctx, &mut tx, office).await?;
    store::lock(&mut tx, office, &kategori).await?;
    let before = store::find(&mut tx, office, &kategori).await?.ok_or(Error::NoCategory)?;
    if if_match.is_some_and(|version| version != before.version) {
        return Err(Error::StaleCategory(before.version).into());
    }
    let after = CategoryView {
        name: body.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
        sla: body.sla.unwrap_or(before.sla),
        fields: body.fields.unwrap_or_else(|| before.fields.clone()),
        position: body.position.unwrap_or(before.position),
        active: body.active.unwrap_or(before.active),
        ..before.clone()
    };
    let errors = definition::check(&after.name, after.sla, &after.fields);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    if after == before {
        tx.commit().await?;
        return Ok(Json(before));
    }
    let after = CategoryView { version: before.version + 1, ..after };
    store::save(&app.ctx, &mut tx, office, &after).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(Json(after))
}
