//! `/internal/documents`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::DocumentId;
use contracts::dto::ai::{DocumentChunk, DocumentState, ProcessDocument};
use contracts::dto::{MAX_LIMIT, Page};
use contracts::permissions::MANAGE_KNOWLEDGE;
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::Cause;
use platform::storage::Key;
use serde::Deserialize;
use uuid::Uuid;

use super::{LONGEST_CONTENT, LONGEST_TITLE, Queued, Source, Upload, store};
use crate::App;

const USUAL_LIMIT: u32 = 50;

/// Services may; persons need the permission.
fn may(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(MANAGE_KNOWLEDGE).map(drop),
    }
}

/// Makes a document or FAQ entry searchable. The answer says that it is queued; `GET` says how it stands.
#[utoipa::path(
    post, path = "/internal/documents/process", tag = "documents", request_body = ProcessDocument,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")),
    responses(
        (status = 202, body = DocumentState),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 409, description = "a version as new or newer is there already", body = contracts::problem::Problem)
    )
)]
pub async fn process(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<ProcessDocument>,
) -> Result<Response, Problem> {
    may(&actor)?;
    let source = check(&body, office)?;
    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/documents/process", &key, &body).await? {
        Begun::Replay(replay) => return Ok(replay.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let upload = Upload {
        office,
        document_id: body.document_id,
        title: body.title.trim().to_owned(),
        kind: body.kind,
        shared: body.shared,
        source,
        mime_type: body.mime_type,
        version: body.version,
    };
    store::undelete(&mut tx, office, body.document_id).await?;
    if store::enqueue(&mut tx, &upload, &Cause::none(), app.ctx.clock.now()).await? == Queued::TooLate {
        return Err(Problem::conflict("a version of this document that is as new or newer is there already"));
    }
    let state = store::state(&mut tx, office, body.document_id).await?;
    let state = state.ok_or_else(|| Problem::not_found("there is no such document"))?;
    slot.store(&mut tx, StatusCode::ACCEPTED, &state).await?;
    tx.commit().await?;
    app.documents.wake();
    Ok((StatusCode::ACCEPTED, axum::Json(state)).into_response())
}

fn check(body: &ProcessDocument, office: contracts::OfficeId) -> Result<Source, Problem> {
    let mut errors = Vec::new();
    if body.title.trim().is_empty() || body.title.chars().count() > LONGEST_TITLE {
        errors.push(("title", format!("must have 1 to {LONGEST_TITLE} characters")));
    }
    if body.version.is_some_and(|version| version < 1) {
        errors.push(("version", "must be at least 1".to_owned()));
    }
    let source = match (&body.content, &body.key) {
        (Some(content), None) if content.trim().is_empty() || content.chars().count() > LONGEST_CONTENT => {
            errors
                .push(("content", format!("must have 1 to {LONGEST_CONTENT} characters; send a longer one as a file")));
            None
        }
        (Some(content), None) => Some(Source::Content(content.clone())),
        (None, Some(key)) => match key.parse::<Key>() {
            Ok(key) if key.is_of(office) => Some(Source::Key(key)),
            _ => {
                errors.push(("key", "must be the key of one of the office's stored files".to_owned()));
                None
            }
        },
        _ => {
            errors.push(("content", "give either content or key".to_owned()));
            None
        }
    };
    match source {
        Some(source) if errors.is_empty() => Ok(source),
        _ => Err(Problem::validation(errors)),
    }
}

/// How a document stands.
#[utoipa::path(
    get, path = "/internal/documents/{document_id}", tag = "documents", params(("document_id" = DocumentId, Path)),
    responses((status = 200, body = DocumentState), (status = 404, body = contracts::problem::Problem))
)]
pub async fn one(
    State(app): State<App>,
    Office(office): Office,
    Path(document): Path<DocumentId>,
) -> Result<Json<DocumentState>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let state = store::state(&mut tx, office, document).await?;
    tx.commit().await?;
    state.map(Json).ok_or_else(|| Problem::not_found("there is no such document"))
}

/// Removes a document and everything that was made of it.
#[utoipa::path(
    delete, path = "/internal/documents/{document_id}", tag = "documents", params(("document_id" = DocumentId, Path)),
    responses((status = 204, description = "it is gone, or was gone already"))
)]
pub async fn delete(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(document): Path<DocumentId>,
) -> Result<StatusCode, Problem> {
    may(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    store::delete(&mut tx, office, document, app.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A part of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// From the last page.
    cursor: Option<String>,
    /// At most 200; 50 when left out.
    limit: Option<u32>,
}

impl Part {
    fn limit(&self) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(USUAL_LIMIT);
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok(limit);
        }
        Err(Problem::validation([("limit", format!("must be between 1 and {MAX_LIMIT}"))]))
    }

    fn after<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(text) = self.cursor.as_deref() else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| Problem::validation([("cursor", "must come from the page before")]))
    }
}

/// The office's documents and entries, the latest first.
#[utoipa::path(
    get, path = "/internal/documents", tag = "documents", params(Part),
    responses((status = 200, body = Page<DocumentState>), (status = 400, body = contracts::problem::Problem))
)]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(part): Query<Part>,
) -> Result<Json<Page<DocumentState>>, Problem> {
    let limit = part.limit()?;
    let after = part.after(|text| {
        let (at, id) = text.split_once('.')?;
        Some((DateTime::<Utc>::from_timestamp_micros(at.parse().ok()?)?, Uuid::parse_str(id).ok()?))
    })?;
    let mut tx = app.ctx.db.office(office).await?;
    let data = store::list(&mut tx, office, after, i64::from(limit)).await?;
    tx.commit().await?;
    let full = u32::try_from(data.len()).is_ok_and(|n| n == limit);
    let next_cursor =
        data.last().filter(|_| full).map(|last| format!("{}.{}", last.updated_at.timestamp_micros(), last.document_id));
    Ok(Json(Page { data, next_cursor }))
}

/// A document's passages in their order.
#[utoipa::path(
    get, path = "/internal/documents/{document_id}/chunks", tag = "documents",
    params(("document_id" = DocumentId, Path), Part),
    responses((status = 200, body = Page<DocumentChunk>), (status = 404, body = contracts::problem::Problem))
)]
pub async fn chunks(
    State(app): State<App>,
    Office(office): Office,
    Path(document): Path<DocumentId>,
    Query(part): Query<Part>,
) -> Result<Json<Page<DocumentChunk>>, Problem> {
    let limit = part.limit()?;
    let after = part.after(|text| text.parse().ok())?.unwrap_or(-1);
    let mut tx = app.ctx.db.office(office).await?;
    if store::state(&mut tx, office, document).await?.is_none() {
        return Err(Problem::not_found("there is no such document"));
    }
    let data = store::chunks(&mut tx, office, document, after, i64::from(limit)).await?;
    tx.commit().await?;
    let full = u32::try_from(data.len()).is_ok_and(|n| n == limit);
    let next_cursor = data.last().filter(|_| full).map(|last| last.position.to_string());
    Ok(Json(Page { data, next_cursor }))
}
