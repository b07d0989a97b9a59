//! FAQ entries over the internal API, for seeds and scripts.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::dto::Page;
use contracts::{DocumentId, OfficeId};
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use serde::{Deserialize, Serialize};

use super::{Entry, Text, change, store};
use crate::Server;
use crate::documents::Author;
use crate::documents::change::finish;
use crate::documents::internal::ListQuery;

/// An entry as it is wanted.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEntry {
    question: String,
    answer: String,
    #[serde(default)]
    kategori: Option<String>,
    /// All offices may answer from it.
    #[serde(default)]
    shared: bool,
}

/// An entry with its state.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EntryView {
    pub document_id: DocumentId,
    pub office_id: OfficeId,
    pub question: String,
    pub answer: String,
    pub kategori: Option<String>,
    pub shared: bool,
    pub version: i64,
    /// `queued`, `processing`, `ready`, `failed` or `retired`.
    pub status: &'static str,
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            document_id: entry.document_id,
            office_id: entry.office_id,
            question: entry.question,
            answer: entry.answer,
            kategori: entry.kategori,
            shared: entry.shared,
            version: entry.version,
            status: entry.status.as_str(),
            reason: entry.reason,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// A new entry.
#[utoipa::path(
    post, path = "/internal/knowledge/entries", tag = "knowledge", request_body = CreateEntry,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeated call answers as the first did, for 24 hours")),
    responses(
        (status = 201, body = EntryView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "a person without knowledge.manage", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(server): State<Server>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CreateEntry>,
) -> Result<Response, Problem> {
    let author = Author::of_actor(&actor, office)?;
    let mut tx = server.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/knowledge/entries", &key, &body).await? {
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let CreateEntry { question, answer, kategori, shared } = body;
    let text = Text { question, answer, kategori, shared };
    let view = EntryView::from(change::add(&server, &mut tx, &author, text).await?);
    slot.store(&mut tx, StatusCode::CREATED, &view).await?;
    finish(&server, tx).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// The office's entries and those that others share, the newest first.
#[utoipa::path(
    get, path = "/internal/knowledge/entries", tag = "knowledge", params(ListQuery),
    responses((status = 200, body = Page<EntryView>))
)]
pub async fn list(
    State(server): State<Server>,
    Office(office): Office,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<EntryView>>, Problem> {
    let limit = query.limit()?;
    let mut tx = server.ctx.db.office(office).await?;
    let mut found = store::list(&mut tx, office, query.q.as_deref(), None, query.cursor, limit + 1).await?;
    tx.commit().await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = more.then(|| found.last().map(|last| last.document_id.to_string())).flatten();
    Ok(Json(Page { data: found.into_iter().map(EntryView::from).collect(), next_cursor }))
}
