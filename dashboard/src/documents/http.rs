//! The forms of `/documents`: each changes something and sends the browser on, or draws the page again with what is wrong.

use axum::Extension;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Response};
use contracts::DocumentId;
use http::StatusCode;
use platform::http::Path;

use super::refusal::Refusal;
use super::upload::{self, receive};
use super::{Author, change, detail, page};
use crate::Server;
use crate::drawn::http::{answer, on, sender};
use crate::sessions::http::{SessionState, Signed};

/// A form that can be read, or why not. Without `multipart/form-data` it is none.
type Form = Result<Multipart, axum::extract::multipart::MultipartRejection>;

/// `POST /documents`
pub async fn add(State(server): State<Server>, Extension(state): Extension<SessionState>, form: Form) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let added = async {
        let author = Author::of_viewer(&signed.viewer)?;
        let arrived = receive(&server, &author, form.map_err(|_| Refusal::Interrupted)?).await?;
        let mut tx = server.ctx.db.office(author.office).await?;
        change::add(&server, &mut tx, &author, arrived).await?;
        change::finish(&server, tx).await
    };
    match added.await {
        Ok(()) => on("/documents?pesan=diunggah"),
        Err(refusal) => {
            let said = refusal.said();
            match page::again(&server, &signed.viewer, said).await {
                Ok(drawn) => answer(&server, signed, "/documents", drawn.status(status(&refusal))).await,
                Err(_) => on("/documents"),
            }
        }
    }
}

/// `POST /documents/{id}`: another file in its place.
pub async fn replace(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
    form: Form,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let replaced = async {
        let author = Author::of_viewer(&signed.viewer)?;
        let arrived = receive(&server, &author, form.map_err(|_| Refusal::Interrupted)?).await?;
        change::replace(&server, &author, id, arrived).await
    };
    let replaced = replaced.await;
    and_then(&server, signed, id, replaced, "diunggah").await
}

/// `POST /documents/{id}/reprocess`
pub async fn reprocess(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let done = match Author::of_viewer(&signed.viewer) {
        Ok(author) => change::reprocess(&server, &author, id).await,
        Err(refusal) => Err(refusal),
    };
    and_then(&server, signed, id, done, "diproses").await
}

/// `POST /documents/{id}/delete`
pub async fn delete(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let done = match Author::of_viewer(&signed.viewer) {
        Ok(author) => change::delete(&server, &author, id).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => on("/documents?pesan=dihapus"),
        Err(refusal) => and_then(&server, signed, id, Err(refusal), "").await,
    }
}

/// On to the document with a word of what was done, or its page again with what was wrong.
async fn and_then(
    server: &Server,
    signed: Box<Signed>,
    id: DocumentId,
    done: Result<(), Refusal>,
    word: &str,
) -> Response {
    let at = format!("/documents/{id}");
    match done {
        Ok(()) => on(&format!("{at}?pesan={word}")),
        Err(refusal) => match detail::again(server, &signed.viewer, id, refusal.said()).await {
            Ok(drawn) => answer(server, signed, &at, drawn.status(status(&refusal))).await,
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// The status of a page that says why.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Forbidden => StatusCode::FORBIDDEN,
        Refusal::Changed => StatusCode::PRECONDITION_FAILED,
        Refusal::Flawed(_) | Refusal::Interrupted => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Database(_) | Refusal::Event(_) | Refusal::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What an upload's body may hold.
pub fn body_limit() -> axum::extract::DefaultBodyLimit {
    axum::extract::DefaultBodyLimit::max(upload::LARGEST_FORM)
}
