//! Offices over the internal API.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::OfficeId;
use contracts::dto::Page;
use contracts::events::office::OfficeUpdated;
use contracts::office::{Office, OfficeSettings};
use http::StatusCode;
use platform::http::{Json, Path, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::{Cause, append};
use platform::{Tx, offices};
use serde::{Deserialize, Serialize};

use super::store;
use crate::Server;
use crate::activity::{self, Activity};

/// An office as it is wanted.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeBody {
    name: String,
    #[serde(default)]
    settings: Option<OfficeSettings>,
}

impl OfficeBody {
    fn checked(self) -> Result<Self, Problem> {
        let name = self.name.trim().to_owned();
        let settings = self.settings.as_ref();
        let mut errors = Vec::new();
        if name.is_empty() || name.chars().count() > 120 {
            errors.push(("name", "must have 1 to 120 characters"));
        }
        if settings.is_some_and(|settings| settings.turn_quiet_ms > settings.turn_max_ms) {
            errors.push(("settings.turn_quiet_ms", "must not be above turn_max_ms"));
        }
        if settings.is_some_and(|settings| settings.turn_deadline_seconds == 0) {
            errors.push(("settings.turn_deadline_seconds", "must be at least 1"));
        }
        if errors.is_empty() { Ok(Self { name, ..self }) } else { Err(Problem::validation(errors)) }
    }
}

/// Every office.
#[utoipa::path(get, path = "/internal/offices", tag = "offices", responses((status = 200, body = Page<Office>)))]
pub async fn list(State(server): State<Server>) -> Result<Json<Page<Office>>, Problem> {
    let mut tx = server.ctx.db.all_offices("list of offices").await?;
    let all = offices::list(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(all)))
}

/// A new office.
#[utoipa::path(
    post, path = "/internal/offices", tag = "offices", request_body = OfficeBody,
    responses((status = 201, body = Office), (status = 400, body = contracts::problem::Problem))
)]
pub async fn create(
    State(server): State<Server>,
    key: IdempotencyKey,
    Json(body): Json<OfficeBody>,
) -> Result<Response, Problem> {
    let body = body.checked()?;
    let mut tx = server.ctx.db.all_offices("manage offices").await?;
    let slot = match idempotency::begin(&mut tx, OfficeId::FIRST, "POST /internal/offices", &key, &body).await? {
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let office =
        Office { office_id: OfficeId::new(), name: body.name, version: 1, settings: body.settings.unwrap_or_default() };
    save(&server, &mut tx, &office, "office.created").await?;
    slot.store(&mut tx, StatusCode::CREATED, &office).await?;
    tx.commit().await?;
    told(&server);
    Ok((StatusCode::CREATED, Json(office)).into_response())
}

/// An office's name, and its settings if they are given.
#[utoipa::path(
    put, path = "/internal/offices/{office_id}", tag = "offices", request_body = OfficeBody,
    params(("office_id" = OfficeId, Path)),
    responses((status = 200, body = Office), (status = 400, body = contracts::problem::Problem), (status = 404, body = contracts::problem::Problem))
)]
pub async fn update(
    State(server): State<Server>,
    Path(office_id): Path<OfficeId>,
    Json(body): Json<OfficeBody>,
) -> Result<Json<Office>, Problem> {
    let body = body.checked()?;
    let mut tx = server.ctx.db.office(office_id).await?;
    let before = store::lock(&mut tx, office_id).await?.ok_or_else(|| Problem::not_found("there is no such office"))?;
    let office = Office {
        name: body.name,
        version: before.version + 1,
        settings: body.settings.unwrap_or(before.settings),
        ..before
    };
    save(&server, &mut tx, &office, "office.changed").await?;
    tx.commit().await?;
    told(&server);
    Ok(Json(office))
}

/// The office, the event and the log entry, in one transaction.
async fn save(server: &Server, tx: &mut Tx, office: &Office, action: &'static str) -> Result<(), Problem> {
    offices::keep(tx, office).await?;
    append(&server.ctx, tx, office.office_id, &OfficeUpdated { office: office.clone() }, &Cause::none()).await?;
    let entry = Activity {
        office_id: office.office_id,
        user_id: None,
        actor_name: "service:internal",
        action,
        subject: Some(office.name.clone()),
        details: serde_json::json!({ "version": office.version }),
    };
    activity::store::add(tx, &entry, server.ctx.clock.now()).await?;
    Ok(())
}

fn told(server: &Server) {
    server.ctx.outbox.wake();
    server.ctx.offices.forget();
}
