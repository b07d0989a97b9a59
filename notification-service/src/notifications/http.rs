//! Notifications over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::dto::notification::{
    CreateNotification, NotificationAccepted, NotificationDetail, NotificationView, SetNotificationStatus,
};
use contracts::dto::{MAX_LIMIT, Page};
use contracts::{ContactId, NotificationId, OfficeId, WaUserId};
use platform::Tx;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::Cause;
use serde::Deserialize;
use uuid::Uuid;

use super::enqueue::{Begin, New, enqueue};
use super::{Status, is_short_word, store};
use crate::error::{Error, FieldErrors};
use crate::templates::render::{self, BadTemplate};
use crate::{App, citizens, permissions, statuses, templates};

/// The query string of the list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Params {
    pub status: Option<String>,
    pub kind: Option<String>,
    pub contact_id: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// At most 200; 50 by default.
    pub limit: Option<String>,
}

/// What is looked for.
#[derive(Debug)]
pub struct Filter {
    pub status: Option<Status>,
    pub kind: Option<String>,
    pub contact_id: Option<ContactId>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: u32,
}

impl Params {
    fn read(self) -> Result<Filter, Error> {
        let mut errors = FieldErrors::new();
        let mut refuse = |field: &str, message: &str| errors.push((field.to_owned(), message.to_owned()));
        let status = self.status.and_then(|word| {
            let status = Status::from_word(&word);
            if status.is_none() {
                refuse("status", "is not a status of notifications");
            }
            status
        });
        let contact_id =
            self.contact_id.and_then(|text| text.parse().map_err(|_| refuse("contact_id", "must be a UUID")).ok());
        let after = self.cursor.and_then(|text| {
            let after = read_cursor(&text);
            if after.is_none() {
                refuse("cursor", "must be the next_cursor of the page before");
            }
            after
        });
        let limit = match self.limit.map(|text| text.parse::<u32>()) {
            None => 50,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => {
                refuse("limit", "must be between 1 and 200");
                50
            }
        };
        if errors.is_empty() {
            Ok(Filter { status, kind: self.kind, contact_id, after, limit })
        } else {
            Err(Error::Invalid(errors))
        }
    }
}

fn read_cursor(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, Uuid::parse_str(id).ok()?))
}

/// Says something to a citizen.
#[utoipa::path(
    post, path = "/internal/notifications", tag = "notifications", request_body = CreateNotification,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats answer as the first call did, for 24 hours")),
    responses(
        (status = 202, body = NotificationAccepted),
        (status = 400, description = "every bad field is named", body = contracts::problem::Problem),
        (status = 503, description = "the database or, without contact_id, channel-service is away", body = contracts::problem::Problem)
    )
)]
pub async fn create(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<CreateNotification>,
) -> Result<Response, Problem> {
    permissions::check(&actor, permissions::SPEAK)?;
    let mut errors = FieldErrors::new();
    let wa_user_id = whose(&body, &mut errors);
    if !is_short_word(&body.kind) {
        errors.push(("kind".to_owned(), "must be 1 to 60 small letters, digits and underscores".to_owned()));
    }
    let mut tx = app.ctx.db.office(office).await?;
    let text = text(&mut tx, office, &body).await?.map_err(|why| errors.extend(why)).ok();
    tx.commit().await?;
    let Some(text) = text.filter(|_| errors.is_empty()) else { return Err(Error::Invalid(errors).into()) };
    let contact = match (body.contact_id, wa_user_id) {
        (Some(contact), _) => contact,
        (None, wa_user_id) => citizens::resolve(&app, office, wa_user_id.as_ref()).await?,
    };

    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, "POST /internal/notifications", &key, &body).await? {
        Begun::Replay(before) => {
            tx.commit().await?;
            return Ok(before.into_response());
        }
        Begun::Fresh(slot) => slot,
    };
    let id = NotificationId::new();
    let new = New { id, contact, kind: body.kind, template: body.template, text, begin: Begin::Say };
    let status = enqueue(&app, &mut tx, office, new, &Cause::none()).await?;
    let answer = NotificationAccepted { id, status: status.as_str().to_owned() };
    slot.store(&mut tx, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    app.wake();
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// The text that is to be said, or the fields that keep it from being said.
async fn text(
    tx: &mut Tx,
    office: OfficeId,
    body: &CreateNotification,
) -> Result<Result<String, FieldErrors>, sqlx::Error> {
    let bad = |field: &str, why: String| vec![(field.to_owned(), why)];
    Ok(match (&body.template, &body.text) {
        (None, Some(text)) => render::check(text.trim()).map_err(|why| bad("text", why.to_string())),
        (Some(name), None) => templates::find(tx, office, name)
            .await?
            .ok_or_else(|| bad("template", "there is no template with this name".to_owned()))
            .and_then(|template| render::render(&template.text, &body.variables).map_err(named)),
        _ => Err(bad("text", "give either template or text".to_owned())),
    })
}

fn whose(body: &CreateNotification, errors: &mut FieldErrors) -> Option<WaUserId> {
    match (&body.contact_id, &body.wa_user_id) {
        (Some(_), _) => None,
        (None, None) => {
            errors.push(("wa_user_id".to_owned(), "give wa_user_id or contact_id".to_owned()));
            None
        }
        (None, Some(text)) => {
            WaUserId::parse(text).map_err(|why| errors.push(("wa_user_id".to_owned(), why.to_string()))).ok()
        }
    }
}

/// The fields that a text complains about.
fn named(why: BadTemplate) -> FieldErrors {
    match why {
        BadTemplate::MissingVariables(missing) => missing
            .into_iter()
            .map(|name| (format!("variables.{name}"), "is needed by the template".to_owned()))
            .collect(),
        why => vec![("template".to_owned(), why.to_string())],
    }
}

/// What citizens were told, the latest first.
#[utoipa::path(
    get, path = "/internal/notifications", tag = "notifications", params(Params),
    responses((status = 200, body = Page<NotificationView>), (status = 400, body = contracts::problem::Problem))
)]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(params): Query<Params>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let filter = params.read()?;
    let mut tx = app.ctx.db.office(office).await?;
    let mut data = store::page(&mut tx, office, &filter).await?;
    tx.commit().await?;
    let more = data.len() > filter.limit as usize;
    data.truncate(filter.limit as usize);
    let cursor = |last: &NotificationView| format!("{}.{}", last.created_at.timestamp_micros(), last.id.0.simple());
    let next_cursor = data.last().filter(|_| more).map(cursor);
    Ok(Json(Page { data, next_cursor }))
}

/// One notification with its tries.
#[utoipa::path(
    get, path = "/internal/notifications/{id}", tag = "notifications", params(("id" = NotificationId, Path)),
    responses((status = 200, body = NotificationDetail), (status = 404, body = contracts::problem::Problem))
)]
pub async fn get(
    State(app): State<App>,
    Office(office): Office,
    Path(id): Path<NotificationId>,
) -> Result<Json<NotificationDetail>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let notification = store::find(&mut tx, office, id).await?.ok_or(Error::NoNotification)?;
    let attempts = store::attempts(&mut tx, office, id).await?;
    tx.commit().await?;
    Ok(Json(NotificationDetail { notification, attempts }))
}

/// Sends a failed one again (`pending`), keeps one from being sent (`silent`), or reports what became of it.
#[utoipa::path(
    put, path = "/internal/notifications/{id}/status", tag = "notifications", request_body = SetNotificationStatus,
    params(("id" = NotificationId, Path)),
    responses(
        (status = 200, body = NotificationView),
        (status = 404, body = contracts::problem::Problem),
        (status = 409, description = "`allowed` names the statuses that it may get", body = contracts::problem::Problem)
    )
)]
pub async fn set_status(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<NotificationId>,
    Json(body): Json<SetNotificationStatus>,
) -> Result<Json<NotificationView>, Problem> {
    permissions::check(&actor, permissions::SPEAK)?;
    let next = Status::from_word(&body.status)
        .ok_or_else(|| Error::Invalid(vec![("status".to_owned(), "is not a status of notifications".to_owned())]))?;
    let mut tx = app.ctx.db.office(office).await?;
    let standing = store::lock(&mut tx, office, id).await?.ok_or(Error::NoNotification)?;
    if !standing.status.may_be_set_to(next) {
        let allowed = Status::ALL.into_iter().filter(|next| standing.status.may_be_set_to(*next)).collect();
        return Err(Error::IllegalStatus { from: standing.status.as_str(), to: next.as_str(), allowed }.into());
    }
    let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    match next {
        Status::Pending => store::begin_again(&mut tx, office, id, app.ctx.clock.now()).await?,
        Status::Silent => store::set_status(&mut tx, office, id, next, reason, app.ctx.clock.now()).await?,
        _ => statuses::advance(&app, &mut tx, office, &standing, next, reason, &Cause::none()).await?,
    }
    let view = store::find(&mut tx, office, id).await?.ok_or(Error::NoNotification)?;
    tx.commit().await?;
    app.wake();
    Ok(Json(view))
}
