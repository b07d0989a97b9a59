//! Documents over the internal API, for seeds and scripts.

use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::dto::{MAX_LIMIT, Page};
use contracts::{DocumentId, OfficeId};
use http::{StatusCode, header};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use serde::{Deserialize, Serialize};

use super::upload::{Arrived, Written, keep_text, receive};
use super::{Author, Document, change, store};
use crate::Server;

/// A document as text.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDocument {
    #[serde(default)]
    title: String,
    /// The text itself.
    content: String,
    /// Its ending says what the text is: txt, md, html or csv.
    #[serde(default = "usual_name")]
    file_name: String,
    /// All offices may answer from it.
    #[serde(default)]
    shared: bool,
}

fn usual_name() -> String {
    "dokumen.txt".to_owned()
}

/// A document with its state.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DocumentView {
    pub document_id: DocumentId,
    pub office_id: OfficeId,
    pub title: String,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    pub size: Option<i64>,
    pub shared: bool,
    pub version: i64,
    /// The version that answers come from; 0: none yet.
    pub answering_version: i64,
    /// `queued`, `processing`, `ready`, `failed` or `retired`.
    pub status: &'static str,
    pub reason: Option<String>,
    pub chunks: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Document> for DocumentView {
    fn from(document: Document) -> Self {
        let (file_name, mime_type, size) =
            document.file.map_or((None, None, None), |file| (Some(file.name), Some(file.mime_type), Some(file.size)));
        Self {
            document_id: document.document_id,
            office_id: document.office_id,
            title: document.title,
            file_name,
            mime_type,
            size,
            shared: document.shared,
            version: document.version,
            answering_version: document.answering_version,
            status: document.status.as_str(),
            reason: document.reason,
            chunks: document.chunks,
            created_at: document.created_at,
            updated_at: document.updated_at,
        }
    }
}

/// A new document: JSON with its text, or a form (`multipart/form-data`) with `file`, `title?`, `shared?`.
#[utoipa::path(
    post, path = "/internal/documents", tag = "knowledge", request_body = CreateDocument,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeated call answers as the first did, for 24 hours")),
    responses(
        (status = 201, body = DocumentView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 403, description = "a person without knowledge.manage", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(server): State<Server>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    request: Request,
) -> Result<Response, Problem> {
    let author = Author::of_actor(&actor, office)?;
    let arrived = arrive(&server, &author, request).await?;
    let asked = (&arrived.title, arrived.shared, hex::encode(arrived.sha256));
    let mut tx = server.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/documents", &key, &asked).await? {
        // The second copy of the file is removed in its time.
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let view = DocumentView::from(change::add(&server, &mut tx, &author, arrived).await?);
    slot.store(&mut tx, StatusCode::CREATED, &view).await?;
    change::finish(&server, tx).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

async fn arrive(server: &Server, author: &Author, request: Request) -> Result<Arrived, Problem> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    if is_form {
        let form = Multipart::from_request(request, &())
            .await
            .map_err(|_| Problem::bad_request("the form can't be read: its boundary is missing"))?;
        return Ok(receive(server, author, form).await?);
    }
    let Json(body) = Json::<CreateDocument>::from_request(request, &()).await?;
    let CreateDocument { title, content, file_name, shared } = body;
    Ok(keep_text(server, author, Written { title: &title, file_name: &file_name, content, shared }).await?)
}

/// How a list is narrowed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Words in the title or the file's name.
    pub q: Option<String>,
    /// Where the last page ended.
    pub cursor: Option<DocumentId>,
    /// At most 200; 50 when left out.
    pub limit: Option<u32>,
}

impl ListQuery {
    /// How many are wanted.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=MAX_LIMIT => Ok(usize::try_from(limit).unwrap_or_default()),
            _ => Err(Problem::validation([("limit", format!("must be 1 to {MAX_LIMIT}"))])),
        }
    }
}

/// The office's documents and those that others share, the newest first.
#[utoipa::path(
    get, path = "/internal/documents", tag = "knowledge", params(ListQuery),
    responses((status = 200, body = Page<DocumentView>))
)]
pub async fn list(
    State(server): State<Server>,
    Office(office): Office,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<DocumentView>>, Problem> {
    let limit = query.limit()?;
    let mut tx = server.ctx.db.office(office).await?;
    let mut found = store::list(&mut tx, office, query.q.as_deref(), query.cursor, limit + 1).await?;
    tx.commit().await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = more.then(|| found.last().map(|last| last.document_id.to_string())).flatten();
    Ok(Json(Page { data: found.into_iter().map(DocumentView::from).collect(), next_cursor }))
}
