//! People over the internal API, for automation.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::OfficeId;
use contracts::events::office::StaffAdded;
use http::StatusCode;
use platform::http::{Json, Problem};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::{Cause, append};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, NewPerson};
use super::{Role, Username, password};
use crate::Server;
use crate::activity::{self, Activity};

/// Somebody new.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    username: String,
    name: String,
    role: Role,
    #[schema(value_type = String)]
    password: SecretString,
    /// Where they work; not for a super admin, who works everywhere.
    #[serde(default)]
    office_ids: Vec<OfficeId>,
}

/// Somebody, without their password.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffView {
    pub id: Uuid,
    pub username: String,
    pub name: String,
    pub role: Role,
    pub office_ids: Vec<OfficeId>,
}

/// Adds a person.
#[utoipa::path(
    post, path = "/internal/staff", tag = "staff", request_body = CreateStaff,
    responses(
        (status = 201, body = StaffView),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 409, description = "the username is taken", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(server): State<Server>,
    key: IdempotencyKey,
    Json(body): Json<CreateStaff>,
) -> Result<Response, Problem> {
    let known = server.ctx.offices.all(&server.ctx.db).await?;
    let username = body.username.parse::<Username>();
    let mut errors = Vec::new();
    if let Err(error) = &username {
        errors.push(("username", error.to_string()));
    }
    if body.name.trim().is_empty() || body.name.chars().count() > 100 {
        errors.push(("name", "must have 1 to 100 characters".to_owned()));
    }
    if let Err(error) = password::check(&body.password, &body.username) {
        errors.push(("password", error.to_string()));
    }
    if (body.role == Role::SuperAdmin) != body.office_ids.is_empty() {
        errors.push(("office_ids", "name at least one office, or none for a super_admin".to_owned()));
    }
    if body.office_ids.iter().any(|office| !known.contains_key(office)) {
        errors.push(("office_ids", "names an office that does not exist".to_owned()));
    }
    let (Ok(username), true) = (username, errors.is_empty()) else { return Err(Problem::validation(errors)) };

    let now = server.ctx.clock.now();
    let password_hash = password::hash(body.password).await.map_err(|error| Problem::internal(&error))?;
    let mut office_ids = body.office_ids;
    office_ids.sort();
    office_ids.dedup();
    let view = StaffView {
        id: Uuid::now_v7(),
        username: username.as_str().to_owned(),
        name: body.name.trim().to_owned(),
        role: body.role,
        office_ids,
    };

    let mut tx = server.ctx.db.all_offices("manage staff").await?;
    // Without the password, which must not lie in a table; the username stands for the request.
    let request = (&view.username, &view.name, view.role, &view.office_ids);
    let slot = match idempotency::begin(&mut tx, OfficeId::FIRST, "POST /internal/staff", &key, &request).await? {
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let person = NewPerson {
        id: view.id,
        username: &username,
        name: &view.name,
        role: view.role,
        password_hash: &password_hash,
        offices: &view.office_ids,
    };
    if !store::add(&mut tx, &person, now).await? {
        return Err(Problem::conflict("this username is taken"));
    }
    let entry = Activity {
        office_id: view.office_ids.first().copied().unwrap_or(OfficeId::FIRST),
        user_id: None,
        actor_name: "service:internal",
        action: "staff.created",
        subject: Some(view.username.clone()),
        details: serde_json::json!({ "role": view.role, "office_ids": view.office_ids }),
    };
    activity::store::add(&mut tx, &entry, now).await?;
    // Whoever works everywhere is known everywhere.
    let everywhere = view.office_ids.is_empty().then(|| known.keys().copied().collect::<Vec<_>>());
    for office in everywhere.as_ref().unwrap_or(&view.office_ids) {
        let event = StaffAdded { user_id: view.id, name: view.name.clone() };
        append(&server.ctx, &mut tx, *office, &event, &Cause::none()).await?;
    }
    slot.store(&mut tx, StatusCode::CREATED, &view).await?;
    tx.commit().await?;
    server.ctx.outbox.wake();
    Ok((StatusCode::CREATED, Json(view)).into_response())
}
