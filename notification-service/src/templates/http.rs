//! Templates over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::OfficeId;
use contracts::dto::Page;
use contracts::dto::notification::{CreateTemplate, TemplateView, UpdateTemplate};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};

use super::built_in;
use super::render::{self, LONGEST_TEMPLATE};
use super::store::{self, Own};
use crate::error::{Error, FieldErrors};
use crate::notifications::is_short_word;
use crate::{App, permissions};

fn view(own: Own) -> TemplateView {
    TemplateView {
        variables: render::variables(&own.text).unwrap_or_default().into_iter().collect(),
        name: own.name,
        version: own.version,
        text: own.text,
        whatsapp_template: own.whatsapp_template,
        written_by: Some(own.written_by),
        created_at: Some(own.created_at),
    }
}

fn built_in_view(name: &str, text: &str) -> TemplateView {
    TemplateView {
        name: name.to_owned(),
        version: 0,
        text: text.to_owned(),
        whatsapp_template: None,
        variables: render::variables(text).unwrap_or_default().into_iter().collect(),
        written_by: None,
        created_at: None,
    }
}

/// The office's texts and the built-in ones that it has not changed.
#[utoipa::path(get, path = "/internal/templates", tag = "templates", responses((status = 200, body = Page<TemplateView>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Page<TemplateView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let own = store::all(&mut tx, office).await?;
    tx.commit().await?;
    let mut all: BTreeMap<String, TemplateView> =
        built_in::ALL.iter().map(|(name, text)| ((*name).to_owned(), built_in_view(name, text))).collect();
    all.extend(own.into_iter().map(|own| (own.name.clone(), view(own))));
    Ok(Json(Page::whole(all.into_values().collect())))
}

/// A text of a new name.
#[utoipa::path(
    post, path = "/internal/templates", tag = "templates", request_body = CreateTemplate,
    responses((status = 201, body = TemplateView), (status = 400), (status = 409, description = "the name is taken"))
)]
pub async fn create(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CreateTemplate>,
) -> Result<Response, Problem> {
    permissions::check(&actor, permissions::WRITE_TEXTS)?;
    let mut errors = check(&body.name, &body.text, body.whatsapp_template.as_deref());
    if !is_short_word(&body.name) {
        errors.push(("name".to_owned(), "must be 1 to 60 small letters, digits and underscores".to_owned()));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/templates", &key, &body).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            return Ok(before.into_response());
        }
        Begun::Fresh(slot) => slot,
    };
    let own = Own {
        name: body.name,
        version: 1,
        text: body.text,
        whatsapp_template: body.whatsapp_template,
        written_by: actor.label(),
        created_at: app.ctx.clock.now(),
    };
    if !store::add(&mut tx, office, &own).await? {
        return Err(Error::TemplateExists.into());
    }
    let view = view(own);
    slot.store(&mut tx, StatusCode::CREATED, &view).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// A new version of a text: of the office's own, or in place of a built-in one.
#[utoipa::path(
    put, path = "/internal/templates/{name}", tag = "templates", request_body = UpdateTemplate,
    params(("name" = String, Path)), responses((status = 200, body = TemplateView), (status = 400), (status = 404))
)]
pub async fn update(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(name): Path<String>,
    Json(body): Json<UpdateTemplate>,
) -> Result<Json<TemplateView>, Problem> {
    permissions::check(&actor, permissions::WRITE_TEXTS)?;
    let errors = check(&name, &body.text, body.whatsapp_template.as_deref());
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let mut tx = app.ctx.db.office(office).await?;
    let version = next_version(&mut tx, office, &name).await?;
    let own = Own {
        name,
        version,
        text: body.text,
        whatsapp_template: body.whatsapp_template,
        written_by: actor.label(),
        created_at: app.ctx.clock.now(),
    };
    if !store::add(&mut tx, office, &own).await? {
        return Err(Problem::conflict("someone else changed it at the same moment: read it again"));
    }
    tx.commit().await?;
    Ok(Json(view(own)))
}

async fn next_version(tx: &mut platform::Tx, office: OfficeId, name: &str) -> Result<i64, Problem> {
    match store::latest(tx, office, name).await? {
        Some(own) => Ok(own.version + 1),
        None if built_in::text(name).is_some() => Ok(1),
        None => Err(Error::NoTemplate.into()),
    }
}

fn check(name: &str, text: &str, whatsapp_template: Option<&str>) -> FieldErrors {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, message: String| errors.push((field.to_owned(), message));
    if text.trim().is_empty() {
        refuse("text", "is required".to_owned());
    }
    if text.chars().count() > LONGEST_TEMPLATE || text.contains('\0') {
        refuse("text", format!("must have at most {LONGEST_TEMPLATE} characters, and no NUL"));
    }
    match render::variables(text) {
        Err(why) => refuse("text", why.to_string()),
        // We fill these in ourselves: a text that needs anything else would never be said.
        Ok(used) if built_in::text(name).is_some() => {
            let known = built_in::COMPLAINT_VARIABLES;
            for unknown in used.iter().filter(|variable| !known.contains(&variable.as_str())) {
                refuse("text", format!("uses {unknown}; there are {}", known.join(", ")));
            }
        }
        Ok(_) => {}
    }
    if whatsapp_template.is_some_and(|name| !is_short_word(name)) {
        refuse(
            "whatsapp_template",
            "must be the name of a WhatsApp template: small letters, digits, underscores".to_owned(),
        );
    }
    errors
}
