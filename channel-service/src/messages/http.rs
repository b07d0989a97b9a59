//! `POST /internal/messages/send`, `POST …/{id}/retry` and `GET /internal/messages`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::dto::channel::MessageAccepted;
use contracts::dto::{MAX_LIMIT, Page};
use contracts::message::{Author, Direction, MediaRef, MessageStatus, MessageView};
use contracts::permissions::{FORCE_TAKEOVER, TAKE_CONVERSATIONS};
use contracts::{ContactId, ConversationId, MessageId, OfficeId, PhoneNumberId, WaUserId};
use http::StatusCode;
use platform::Tx;
use platform::http::auth::{Actor, Office, Person};
use platform::http::{Json, Path, Problem, Query};
use platform::idempotency::{self, Begun, IdempotencyKey};
use platform::outbox::Cause;
use platform::storage::Key;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::outgoing::{self, Outgoing};
use super::{limits, store};
use crate::App;
use crate::contacts;
use crate::conversations::store::{self as conversations, Locked};
use crate::conversations::window_is_open;
use crate::{sending, takeover};

/// A message to send. Beside these fields it holds the object that `type` names, as the Graph API has it, and `context`
/// to quote. A file may be named by WhatsApp's `id`, by `link`, by our `media_id`, or by our `key` with its `mime_type`.
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
    /// It waits until the office's quiet hours are over; nothing waits behind it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    can_wait: bool,
    /// If WhatsApp has not delivered it by then it fails (30 days where nothing is said).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<i32>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    rest: Map<String, Value>,
}

/// Whom a message is for, and what it is: all that can be told from the call alone.
struct Wish {
    wa_user_id: Option<WaUserId>,
    outgoing: Outgoing,
}

impl SendMessage {
    fn read(&self, author: Author, office: OfficeId) -> Result<Wish, Problem> {
        let mut errors = Vec::new();
        let wa_user_id = self.wa_user_id.as_deref().map(WaUserId::parse).transpose().unwrap_or_else(|error| {
            errors.push(("wa_user_id".to_owned(), error.to_string()));
            None
        });
        if self.contact_id.is_none() && self.wa_user_id.is_none() {
            errors.push(("contact_id".to_owned(), "give contact_id or wa_user_id: who is to read it".to_owned()));
        }
        if self.ttl_seconds.is_some_and(|ttl| !(30..=30 * 24 * 3600).contains(&ttl)) {
            errors.push(("ttl_seconds".to_owned(), "must be 30 seconds to 30 days".to_owned()));
        }
        let foreign = |key: &str| key.parse::<Key>().is_ok_and(|key| !key.is_of(office));
        if let Some(key) =
            self.rest.get(&self.kind).and_then(|file| file.get("key")?.as_str()).filter(|key| foreign(key))
        {
            errors.push((format!("{}.key", self.kind), format!("this office has no file {key}")));
        }
        match Outgoing::call(author, &self.kind, &self.rest) {
            Ok(outgoing) if errors.is_empty() => Ok(Wish { wa_user_id, outgoing }),
            Ok(_) => Err(Problem::validation(errors)),
            Err(bad) => {
                errors.extend(bad);
                Err(Problem::validation(errors))
            }
        }
    }
}

const ROUTE: &str = "POST /internal/messages/send";

/// Accepts a message for sending.
#[utoipa::path(post, path = "/internal/messages/send", tag = "messages", request_body = SendMessage,
    responses((status = 202, body = MessageAccepted), (status = 400), (status = 403),
        (status = 409, description = "`window-closed`: send a template; `held`: another person has the conversation; `not-held`: take it over first")))]
pub async fn send(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    key: IdempotencyKey,
    Json(call): Json<SendMessage>,
) -> Result<Response, Problem> {
    let author = if actor.person().is_some() { Author::Admin } else { Author::System };
    may_write_at_all(&actor)?;
    let Wish { wa_user_id, mut outgoing } = call.read(author, office)?;

    let now = app.ctx.clock.now();
    let settings = app.ctx.offices.settings(&app.ctx.db, office).await?;
    let mut tx = app.ctx.db.office(office).await?;
    let slot = match idempotency::begin(&mut tx, office, ROUTE, &key, &call).await? {
        Begun::Replay(answer) => return Ok(answer.into_response()),
        Begun::Fresh(slot) => slot,
    };
    let contact = match (call.contact_id, wa_user_id) {
        (Some(contact), _) => contacts::current(&mut tx, office, contact).await?,
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
    if let Some(person) = actor.person() {
        may_write(&actor, person, &conversation)?;
    }
    if call.kind != "template" && !window_is_open(conversation.last_inbound_at, now) {
        return Err(Problem::conflict("the citizen has not written for 24 hours: WhatsApp takes only a template now")
            .kind("window-closed"));
    }
    outgoing.media = file(&mut tx, office, &call.kind, &outgoing.message.fields).await?;
    outgoing.ttl_seconds = call.ttl_seconds;
    outgoing.not_before = Some(settings.quiet_until(now)).filter(|until| call.can_wait && *until > now);
    let message_id = outgoing::put(&app, &mut tx, office, &conversation, outgoing, &Cause::none()).await?;
    if let Some(person) = actor.person() {
        takeover::heard(&app, &mut tx, office, conversation.id, &person.id, &settings).await?;
    }
    let answer = MessageAccepted { message_id, status: MessageStatus::Queued };
    slot.store(&mut tx, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.outgoing.notify_one();
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Services may; a person needs the permission.
fn may_write_at_all(actor: &Actor) -> Result<(), Problem> {
    if actor.person().is_some() && !actor.may(FORCE_TAKEOVER) {
        actor.require(TAKE_CONVERSATIONS)?;
    }
    Ok(())
}

/// A person writes only in a conversation that they hold: two people, or a person and the bot, never talk at once.
fn may_write(actor: &Actor, person: &Person, conversation: &Locked) -> Result<(), Problem> {
    match (&conversation.holder_id, &conversation.holder_name) {
        _ if actor.may(FORCE_TAKEOVER) => Ok(()),
        (Some(holder), _) if *holder == person.id => Ok(()),
        (Some(_), name) => {
            let name = name.as_deref().unwrap_or("another person");
            Err(Problem::conflict(format!("{name} has this conversation: ask them, or take it over")).kind("held"))
        }
        (None, _) => {
            Err(Problem::conflict("take the conversation over first, so that the bot is silent").kind("not-held"))
        }
    }
}

/// The file of ours that a message names, as screens show it.
async fn file(tx: &mut Tx, office: OfficeId, kind: &str, fields: &Value) -> Result<Option<MediaRef>, Problem> {
    let word = |key: &str| fields.pointer(&format!("/{kind}/{key}")).and_then(Value::as_str);
    if let Some(id) = word("media_id") {
        let bad = || Problem::validation([(format!("{kind}.media_id"), "this office has no such stored file")]);
        let found = match id.parse() {
            Ok(uuid) => sending::store::media_source(tx, office, uuid).await?,
            Err(_) => None,
        };
        let (key, mime_type, filename) = found.ok_or_else(bad)?;
        if !limits::file_fits(kind, &mime_type) {
            let why = format!("WhatsApp takes no {mime_type} as {kind}: send it as a document");
            return Err(Problem::validation([(format!("{kind}.media_id"), why)]));
        }
        return Ok(Some(MediaRef {
            id: id.to_owned(),
            mime_type: Some(mime_type),
            filename,
            key: Some(key),
            ..MediaRef::default()
        }));
    }
    Ok(word("key").map(|key| MediaRef {
        id: key.rsplit('/').next().unwrap_or_default().to_owned(),
        mime_type: word("mime_type").map(str::to_owned),
        filename: word("filename").map(str::to_owned),
        key: Some(key.to_owned()),
        ..MediaRef::default()
    }))
}

/// Tries a failed message again: a new attempt under the same id.
#[utoipa::path(post, path = "/internal/messages/{id}/retry", tag = "messages", params(("id" = String, Path)),
    responses((status = 202, body = MessageAccepted), (status = 404),
        (status = 409, description = "`not-failed`, `window-closed`, `overtaken`, `carried`, `not-revivable`: why it is of no use")))]
pub async fn retry(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Path(id): Path<MessageId>,
) -> Result<(StatusCode, Json<MessageAccepted>), Problem> {
    may_write_at_all(&actor)?;
    let mut tx = app.ctx.db.office(office).await?;
    sending::retry::retry(&app, &mut tx, office, id).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.outgoing.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MessageAccepted { message_id: id, status: MessageStatus::Queued })))
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
    let named = match query.contact_id {
        Some(contact) => Some(contacts::current(&mut tx, office, contact).await?),
        None => None,
    };
    let filter = store::Filter {
        contact: named.or(by_id),
        conversation: query.conversation_id,
        direction: query.direction,
        before: query.before,
    };
    let data = store::list(&mut tx, office, &filter, limit.into()).await?;
    tx.commit().await?;
    let next_cursor = data.last().filter(|_| data.len() == limit as usize).map(|last| last.id.to_string());
    Ok(Json(Page { data, next_cursor }))
}
