//! `POST /internal/messages/send` and `GET /internal/messages`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use contracts::dto::channel::MessageAccepted;
use contracts::dto::{MAX_LIMIT, Page};
use contracts::message::{Author, Direction, MessageStatus, MessageView};
use contracts::{ContactId, ConversationId, MessageId, PhoneNumberId, WaUserId};
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::Cause;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::outgoing::{self, Outgoing};
use super::store;
use crate::App;
use crate::contacts;
use crate::conversations::store::{self as conversations, WINDOW_HOURS};
use crate::takeover;

/// A message to send. Beside these fields it holds the object that `type` names, as the Graph API has it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SendMessage {
    #[serde(default)]
    wa_user_id: Option<String>,
    #[serde(default)]
    contact_id: Option<ContactId>,
    #[serde(default)]
    phone_number_id: Option<PhoneNumberId>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    rest: Map<String, Value>,
}

const ROUTE: &str = "POST /internal/messages/send";

/// Accepts a message for sending.
#[utoipa::path(post, path = "/internal/messages/send", tag = "messages", request_body = SendMessage,
    responses((status = 202, body = MessageAccepted), (status = 400), (status = 409, description = "The 24-hour window is closed: send a template")))]
pub async fn send(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(call): Json<SendMessage>,
) -> Result<Response, Problem> {
    let author = if actor.person().is_some() { Author::Admin } else { Author::System };
    let mut errors = Vec::new();
    let wa_user_id = call.wa_user_id.as_deref().map(WaUserId::parse).transpose().unwrap_or_else(|error| {
        errors.push(("wa_user_id".to_owned(), error.to_string()));
        None
    });
    if call.contact_id.is_none() && call.wa_user_id.is_none() {
        errors.push(("contact_id".to_owned(), "give contact_id or wa_user_id: who is to read it".to_owned()));
    }
    let outgoing = Outgoing::call(author, &call.kind, &call.rest).unwrap_or_else(|bad| {
        errors.extend(bad);
        Outgoing::reply(&contracts::message::Reply::default(), contracts::TurnId::new())
    });
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }

    let now = app.ctx.clock.now();
    let silence =
        Duration::seconds(app.ctx.offices.settings(&app.ctx.db, office).await?.takeover_silence_seconds.into());
    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, ROUTE, &key, &call).await? {
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let contact = match (call.contact_id, wa_user_id) {
        (Some(contact), _) => contact,
        (None, Some(id)) => contacts::resolve_id(&mut tx, office, &id, now).await?.contact_id,
        (None, None) => return Err(Problem::validation([("contact_id", "is missing")])),
    };
    if contacts::address(&mut tx, office, contact).await?.is_none() {
        return Err(Problem::validation([("contact_id", "this office knows no citizen by this id")]));
    }
    let named = match call.phone_number_id {
        Some(number) => Some(number),
        None => conversations::latest_number(&mut tx, office, contact).await?,
    };
    let number = app.numbers.of_office(&mut tx, office, named.as_ref()).await?;
    let number = number.ok_or_else(|| Problem::validation([("phone_number_id", "this office has no such number")]))?;

    let conversation = conversations::for_outbound(&mut tx, office, contact, &number.phone_number_id).await?;
    let open = conversation.last_inbound_at.is_some_and(|at| at + Duration::hours(WINDOW_HOURS) > now);
    if !open && call.kind != "template" {
        return Err(Problem::conflict("the citizen has not written for 24 hours: WhatsApp takes only a template now")
            .kind("window-closed"));
    }
    let message_id = outgoing::put(&app, &mut tx, office, &conversation, outgoing, &Cause::none()).await?;
    if let Some(person) = actor.person() {
        takeover::heard(&mut tx, office, conversation.id, &person.id, now + silence).await?;
    }
    let answer = MessageAccepted { message_id, status: MessageStatus::Queued };
    slot.store(&mut tx, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.outgoing.notify_one();
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Which messages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    wa_user_id: Option<String>,
    contact_id: Option<ContactId>,
    conversation_id: Option<ConversationId>,
    direction: Option<Direction>,
    /// Only those before this message.
    before: Option<MessageId>,
    limit: Option<u32>,
}

/// Messages, the latest first.
#[utoipa::path(get, path = "/internal/messages", tag = "messages", params(ListQuery), responses((status = 200, body = Page<MessageView>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<MessageView>>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let mut tx = app.ctx.db.office(office).await?;
    let by_id = match &query.wa_user_id {
        None => None,
        Some(id) => {
            let id = WaUserId::parse(id).map_err(|error| Problem::validation([("wa_user_id", error.to_string())]))?;
            match contacts::find_id(&mut tx, office, &id).await? {
                Some(contact) => Some(contact),
                None => return Ok(Json(Page::whole(Vec::new()))),
            }
        }
    };
    let filter = store::Filter {
        contact: query.contact_id.or(by_id),
        conversation: query.conversation_id,
        direction: query.direction,
        before: query.before,
    };
    let data = store::list(&mut tx, office, &filter, limit.into()).await?;
    tx.commit().await?;
    let next_cursor = data.last().filter(|_| data.len() == limit as usize).map(|last| last.id.to_string());
    Ok(Json(Page { data, next_cursor }))
}
