//! `/internal/takeover/{id}/start|end|status`; `{id}` is a conversation's id or a WhatsApp id.

use axum::extract::State;
use contracts::dto::channel::{EndTakeover, StartTakeover, TakeoverState};
use contracts::events::conversation::Holder;
use contracts::permissions::{FORCE_TAKEOVER, TAKE_CONVERSATIONS};
use contracts::{ConversationId, OfficeId, WaUserId};
use platform::Tx;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem};

use super::lease::{self, Held};
use super::{Lease, Start};
use crate::App;
use crate::contacts;
use crate::conversations::store::{self as conversations, Locked};

/// Gives the conversation to a person.
#[utoipa::path(post, path = "/internal/takeover/{id}/start", tag = "takeover", params(("id" = String, Path)), request_body = StartTakeover,
    responses((status = 200, body = TakeoverState), (status = 409, description = "Another person has it; the answer names them")))]
pub async fn start(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    Json(body): Json<StartTakeover>,
) -> Result<Json<TakeoverState>, Problem> {
    if let Some(person) = actor.person() {
        if !actor.may(FORCE_TAKEOVER) {
            actor.require(TAKE_CONVERSATIONS)?;
        }
        if person.id != body.admin_id {
            // Somebody else is set in front of the conversation.
            actor.require(FORCE_TAKEOVER)?;
        }
    }
    if body.force {
        actor.require(FORCE_TAKEOVER)?;
    }
    let mut errors = Vec::new();
    for (field, value) in [("admin_id", &body.admin_id), ("admin_name", &body.admin_name)] {
        if value.trim().is_empty() {
            errors.push((field, "must say who takes over"));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let now = app.ctx.clock.now();
    let settings = app.ctx.offices.settings(&app.ctx.db, office).await?;
    let mut tx = app.ctx.db.office(office).await?;
    let conversation = lock(&mut tx, office, &id).await?;
    let holder = Holder { id: body.admin_id, name: body.admin_name };
    let wish = Start {
        holder: &holder,
        reason: body.reason.as_deref(),
        force: body.force,
        lease: Lease::from(now, &settings),
    };
    if let Err(Held(other)) = lease::start(&app, &mut tx, office, &conversation, &wish, now).await? {
        return Err(Problem::conflict(format!("{} has this conversation", other.name)).kind("held"));
    }
    let state = state(&mut tx, office, conversation.id).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    lease::wait_for_calls(&app, office, conversation.id).await?;
    Ok(Json(state))
}

/// Gives the conversation back to the bot.
#[utoipa::path(post, path = "/internal/takeover/{id}/end", tag = "takeover", params(("id" = String, Path)), request_body = EndTakeover,
    responses((status = 200, body = TakeoverState), (status = 409, description = "Another person has it")))]
pub async fn end(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<String>,
    Json(body): Json<EndTakeover>,
) -> Result<Json<TakeoverState>, Problem> {
    if actor.person().is_some_and(|person| person.id != body.admin_id) {
        actor.require(FORCE_TAKEOVER)?;
    }
    let mut tx = app.ctx.db.office(office).await?;
    let conversation = lock(&mut tx, office, &id).await?;
    if conversation.holder_id.as_ref().is_some_and(|holder| *holder != body.admin_id) && !actor.may(FORCE_TAKEOVER) {
        let name = conversation.holder_name.clone().unwrap_or_default();
        return Err(
            Problem::conflict(format!("{name} has this conversation, and only they can give it back")).kind("held")
        );
    }
    let note = body.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if lease::end(&app, &mut tx, office, &conversation, &body.admin_id, note, app.ctx.clock.now()).await?.is_some() {
        app.metrics.takeovers.with_label_values(&["given_back"]).inc();
    }
    let state = state(&mut tx, office, conversation.id).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(Json(state))
}

/// Who has the conversation.
#[utoipa::path(get, path = "/internal/takeover/{id}/status", tag = "takeover", params(("id" = String, Path)),
    responses((status = 200, body = TakeoverState), (status = 404)))]
pub async fn status(
    State(app): State<App>,
    Office(office): Office,
    Path(id): Path<String>,
) -> Result<Json<TakeoverState>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let conversation = lock(&mut tx, office, &id).await?;
    let state = state(&mut tx, office, conversation.id).await?;
    tx.commit().await?;
    Ok(Json(state))
}

async fn lock(tx: &mut Tx, office: OfficeId, id: &str) -> Result<Locked, Problem> {
    let found = if let Ok(id) = id.parse::<ConversationId>() {
        conversations::lock(tx, office, id).await?
    } else {
        let id = WaUserId::parse(id)
            .map_err(|_| Problem::validation([("id", "must be a conversation's id or a WhatsApp id")]))?;
        match contacts::find_id(tx, office, &id).await? {
            Some(contact) => conversations::lock_latest_of(tx, office, contact).await?,
            None => None,
        }
    };
    found.ok_or_else(|| Problem::not_found("there is no such conversation"))
}

async fn state(tx: &mut Tx, office: OfficeId, id: ConversationId) -> Result<TakeoverState, Problem> {
    lease::state(tx, office, id).await?.ok_or_else(|| Problem::not_found("there is no such conversation"))
}
