//! `/internal/blocks`: who is blocked, why, by whom, until when.

use axum::extract::State;
use chrono::{DateTime, Utc};
use contracts::dto::{MAX_LIMIT, Page};
use contracts::permissions::BLOCK_CITIZENS;
use contracts::{ContactId, WaUserId};
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::{self, BlockView, NewBlock};
use super::tell;
use crate::App;
use crate::contacts;

/// A citizen to block.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostBlock {
    #[serde(default)]
    contact_id: Option<ContactId>,
    #[serde(default)]
    wa_user_id: Option<String>,
    /// Why; colleagues read it.
    reason: String,
    /// Until when; without it until somebody lifts it.
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
}

/// Blocks a citizen: what they write is kept and seen, and not answered.
#[utoipa::path(post, path = "/internal/blocks", tag = "blocks", request_body = PostBlock,
    responses((status = 201, body = BlockView), (status = 403, description = "It needs a person with citizen.block")))]
pub async fn post(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Json(wish): Json<PostBlock>,
) -> Result<(StatusCode, Json<BlockView>), Problem> {
    let person = actor.require(BLOCK_CITIZENS)?;
    let now = app.ctx.clock.now();
    let mut errors = Vec::new();
    let reason = wish.reason.trim();
    if reason.is_empty() || reason.chars().count() > 1000 {
        errors.push(("reason", "say why, in at most 1000 characters: colleagues will want to know".to_owned()));
    }
    if wish.expires_at.is_some_and(|at| at <= now) {
        errors.push(("expires_at", "is over already: give a later time, or none".to_owned()));
    }
    let by_id = wish.wa_user_id.as_deref().map(WaUserId::parse).transpose().unwrap_or_else(|error| {
        errors.push(("wa_user_id", error.to_string()));
        None
    });
    if wish.contact_id.is_none() && wish.wa_user_id.is_none() {
        errors.push(("contact_id", "give contact_id or wa_user_id: who is to be blocked".to_owned()));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let mut tx = app.ctx.db.office(office).await?;
    let contact = match (wish.contact_id, by_id) {
        (Some(contact), _) => Some(contact),
        (None, Some(id)) => contacts::find_id(&mut tx, office, &id).await?,
        (None, None) => None,
    };
    let known = match contact {
        Some(contact) => contacts::address(&mut tx, office, contact).await?.map(|_| contact),
        None => None,
    };
    let contact = known.ok_or_else(|| Problem::not_found("this office knows no such citizen"))?;
    let block = NewBlock { contact, reason, by: (&person.id, &person.name), expires_at: wish.expires_at };
    let id = store::block(&mut tx, office, &block, now).await?;
    tell(&app, &mut tx, office, contact).await?;
    let view = store::view(&mut tx, office, id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok((StatusCode::CREATED, Json(view)))
}

/// Which blocks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    contact_id: Option<ContactId>,
    /// `true`: also those that are over.
    #[serde(default)]
    all: bool,
    cursor: Option<Uuid>,
    limit: Option<u32>,
}

/// Blocks, the latest first.
#[utoipa::path(get, path = "/internal/blocks", tag = "blocks", params(ListQuery), responses((status = 200, body = Page<BlockView>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<BlockView>>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let mut tx = app.ctx.db.office(office).await?;
    let data = store::list(&mut tx, office, query.contact_id, query.all, query.cursor, limit.into()).await?;
    tx.commit().await?;
    let next_cursor = data.last().filter(|_| data.len() == limit as usize).map(|last| last.id.to_string());
    Ok(Json(Page { data, next_cursor }))
}

/// Lets a citizen in again.
#[utoipa::path(delete, path = "/internal/blocks/{id}", tag = "blocks", params(("id" = String, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn delete(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let person = actor.require(BLOCK_CITIZENS)?;
    let mut tx = app.ctx.db.office(office).await?;
    let contact = store::lift(&mut tx, office, id, &person.name, app.ctx.clock.now()).await?.ok_or_else(gone)?;
    tell(&app, &mut tx, office, contact).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

fn gone() -> Problem {
    Problem::not_found("there is no such block in force")
}
