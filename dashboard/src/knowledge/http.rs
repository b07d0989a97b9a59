//! The forms of `/knowledge`: each changes something and sends the browser on, or draws the page again with what is wrong.

use axum::Extension;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use contracts::DocumentId;
use http::StatusCode;
use platform::http::Path;
use serde::Deserialize;
use uuid::Uuid;

use super::form::{self, Filled};
use super::{Text, ask, change, page};
use crate::Server;
use crate::documents::change::finish;
use crate::documents::http::status;
use crate::documents::refusal::Refusal;
use crate::documents::{self, Author};
use crate::drawn::http::{answer, on, sender};
use crate::sessions::http::{SessionState, Signed};

/// An entry's form. Whatever is missing is empty, and said so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EntryBody {
    question: String,
    answer: String,
    kategori: String,
    shared: Option<String>,
    version: i64,
    answers: Option<String>,
}

impl EntryBody {
    fn text(&self) -> Text {
        Text {
            question: self.question.clone(),
            answer: self.answer.clone(),
            kategori: Some(self.kategori.clone()).filter(|word| !word.trim().is_empty()),
            shared: self.shared.is_some(),
        }
    }

    fn again(self, refusal: &Refusal) -> Filled {
        Filled { text: self.text(), version: self.version, said: refusal.said(), answers: self.answers }
    }
}

/// A question to try.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    question: String,
}

/// `POST /knowledge`: what the assistant would answer.
pub async fn try_out(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Form(body): Form<Question>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let question: String = body.question.trim().chars().take(ask::LONGEST).collect();
    if question.is_empty() {
        return on("/knowledge");
    }
    let drawn = match ask::try_out(&server, &signed.viewer, &question).await {
        Ok(tried) => page::tried(&server, &signed.viewer, tried).await,
        Err(error) => Err(error),
    };
    match drawn {
        Ok(drawn) => answer(&server, signed, "/knowledge", drawn).await,
        Err(_) => on("/knowledge"),
    }
}

/// `POST /knowledge/new`
pub async fn add(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Form(body): Form<EntryBody>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let added = async {
        let author = Author::of_viewer(&signed.viewer)?;
        let mut tx = server.ctx.db.office(author.office).await?;
        change::add(&server, &mut tx, &author, body.text()).await?;
        finish(&server, tx).await
    };
    match added.await {
        Ok(()) => {
            if let Some(id) = body.answers.as_deref().and_then(|id| Uuid::parse_str(id).ok()) {
                ask::settle(&server, &signed.viewer, id).await;
            }
            on("/knowledge?pesan=tersimpan")
        }
        Err(refusal) => match form::new(&signed.viewer, body.again(&refusal)) {
            Ok(drawn) => answer(&server, signed, "/knowledge/new", drawn.status(status(&refusal))).await,
            Err(_) => status(&refusal).into_response(),
        },
    }
}

/// `POST /knowledge/{id}`
pub async fn save(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
    Form(body): Form<EntryBody>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let saved = match Author::of_viewer(&signed.viewer) {
        Ok(author) => change::save(&server, &author, id, body.version, body.text()).await,
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(()) => on("/knowledge?pesan=tersimpan"),
        Err(refusal) => again(&server, signed, id, body.again(&refusal), &refusal).await,
    }
}

/// `POST /knowledge/{id}/retire`
pub async fn retire(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let done = match Author::of_viewer(&signed.viewer) {
        Ok(author) => change::retire(&server, &author, id).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => on(&format!("/knowledge/{id}?pesan=nonaktif")),
        Err(refusal) => refused(&refusal),
    }
}

/// `POST /knowledge/{id}/restore`
pub async fn restore(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    let done = match Author::of_viewer(&signed.viewer) {
        Ok(author) => change::restore(&server, &author, id).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(id) => on(&format!("/knowledge/{id}?pesan=aktif")),
        Err(refusal) => refused(&refusal),
    }
}

/// `POST /knowledge/{id}/delete`
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
        Ok(author) => documents::change::delete(&server, &author, id).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => on("/knowledge?pesan=dihapus"),
        Err(refusal) => refused(&refusal),
    }
}

async fn again(server: &Server, signed: Box<Signed>, id: DocumentId, filled: Filled, why: &Refusal) -> Response {
    match form::again(server, &signed.viewer, id, filled).await {
        Ok(drawn) => answer(server, signed, &format!("/knowledge/{id}"), drawn.status(status(why))).await,
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A button that only forged or late requests press in vain.
fn refused(refusal: &Refusal) -> Response {
    (status(refusal), refusal.said().join(" ")).into_response()
}
