//! The buttons of `/channel`: each asks channel-service in the person's name, notes who did it, and shows the page again.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use http::Method;
use leptos::serde_json::json;
use platform::http::Path;
use platform::http::client::CallError;
use tracing::error;
use uuid::Uuid;

use crate::Server;
use crate::activity::{self, Activity};
use crate::drawn::http::{on, sender};
use crate::sessions::Viewer;
use crate::sessions::http::{SessionState, by, call_as};
use crate::staff::{BLOCK_CITIZENS, MANAGE_OFFICE};

/// `POST /channel/numbers/{id}/resume`
pub async fn resume(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<String>,
) -> Response {
    // Meta's ids are digits: nothing that could lead to another path.
    if !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return on("/channel?galat=hilang");
    }
    let wish = Wish {
        permission: MANAGE_OFFICE,
        method: Method::POST,
        path: format!("/internal/numbers/{id}/resume"),
        action: "number.resumed",
        subject: id,
        word: "lanjut",
    };
    wish.fulfil(&server, state).await
}

/// `POST /channel/letters/{id}/redrive`
pub async fn redrive(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<Uuid>,
) -> Response {
    letter(&server, state, id, "redrive", "dead_letter.redriven", "ulang").await
}

/// `POST /channel/letters/{id}/drop`
pub async fn drop_letter(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<Uuid>,
) -> Response {
    letter(&server, state, id, "drop", "dead_letter.dropped", "buang").await
}

async fn letter(
    server: &Server,
    state: SessionState,
    id: Uuid,
    what: &str,
    action: &'static str,
    word: &'static str,
) -> Response {
    let wish = Wish {
        permission: MANAGE_OFFICE,
        method: Method::POST,
        path: format!("/internal/dead-letters/{id}/{what}"),
        action,
        subject: id.to_string(),
        word,
    };
    wish.fulfil(server, state).await
}

/// `POST /channel/blocks/{id}/lift`
pub async fn lift(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<Uuid>,
) -> Response {
    let wish = Wish {
        permission: BLOCK_CITIZENS,
        method: Method::DELETE,
        path: format!("/internal/blocks/{id}"),
        action: "citizen.unblocked",
        subject: id.to_string(),
        word: "lepas",
    };
    wish.fulfil(&server, state).await
}

/// What a button asks of channel-service.
struct Wish {
    permission: &'static str,
    method: Method,
    path: String,
    /// The word in the log.
    action: &'static str,
    subject: String,
    /// The word in the page's address afterwards.
    word: &'static str,
}

impl Wish {
    async fn fulfil(self, server: &Server, state: SessionState) -> Response {
        let signed = match sender(state) {
            Ok(signed) => signed,
            Err(instead) => return *instead,
        };
        if !signed.viewer.may(self.permission) {
            return on("/channel?galat=wewenang");
        }
        let Ok(call) = call_as(server, &signed.viewer) else { return on("/channel?galat=gangguan") };
        let body = (self.method == Method::POST).then(|| json!({}));
        let done = server
            .channel
            .send(self.method.clone(), &self.path, &call, |request| match &body {
                Some(body) => request.json(body),
                None => request,
            })
            .await;
        match done {
            Ok(_) => {
                self.log(server, &signed.viewer).await;
                server.chat.changed(signed.viewer.office.office_id);
                on(&format!("/channel?pesan={}", self.word))
            }
            Err(CallError::Refused { status: 403, .. }) => on("/channel?galat=wewenang"),
            Err(CallError::Refused { status: 404 | 409, .. }) => on("/channel?galat=hilang"),
            Err(error) => {
                error!(error = &error as &dyn std::error::Error, "channel-service did not do what a button asks");
                on("/channel?galat=gangguan")
            }
        }
    }

    async fn log(&self, server: &Server, viewer: &Viewer) {
        let entry: Activity<'_> = by(viewer, self.action, Some(self.subject.clone()));
        let added = async {
            let mut tx = server.ctx.db.office(viewer.office.office_id).await?;
            activity::store::add(&mut tx, &entry, server.ctx.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = added.await {
            error!(error = &error as &dyn std::error::Error, action = self.action, "an activity is missing in the log");
        }
    }
}
