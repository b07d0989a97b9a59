//! `GET /internal/conversations`, `/{id}` and `/changes`.

use axum::extract::State;
use chrono::{DateTime, Utc};
use contracts::dto::channel::ConversationView;
use contracts::dto::{MAX_LIMIT, Page};
use contracts::message::MessageView;
use contracts::{ConversationId, MessageId};
use http::StatusCode;
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Path, Problem, Query};
use platform::outbox::Cause;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store;
use crate::App;
use crate::messages;

/// Which conversations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `bot`, `waiting` or `human`.
    status: Option<String>,
    /// Beginnings of words of the name, or the first or last digits of the number.
    q: Option<String>,
    /// The holder's id.
    assigned_to: Option<String>,
    /// `true`: what the calling person holds.
    #[serde(default)]
    mine: bool,
    /// `true`: only those with messages that nobody has answered or looked at.
    #[serde(default)]
    unread: bool,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Conversations, the latest first.
#[utoipa::path(get, path = "/internal/conversations", tag = "conversations", params(ListQuery),
    responses((status = 200, body = Page<ConversationView>)))]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<ConversationView>>, Problem> {
    if query.status.as_deref().is_some_and(|status| !matches!(status, "bot" | "waiting" | "human")) {
        return Err(Problem::validation([("status", "must be bot, waiting or human")]));
    }
    let me = match (query.mine, actor.person()) {
        (true, None) => return Err(Problem::validation([("mine", "needs a person: send their x-actor token")])),
        (mine, person) => person.filter(|_| mine).map(|person| person.id.as_str()),
    };
    let filter = store::Filter {
        status: query.status.as_deref(),
        words: search_words(query.q.as_deref().unwrap_or_default())?,
        assigned_to: me.or(query.assigned_to.as_deref()),
        unread: query.unread,
        before: query.cursor.as_deref().map(read_cursor).transpose()?,
    };
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_LIMIT);
    let mut tx = app.ctx.db.office(office).await?;
    let data = store::list(&mut tx, office, &filter, limit.into()).await?;
    tx.commit().await?;
    let full = data.len() == limit as usize;
    let next_cursor = data
        .last()
        .filter(|_| full)
        .and_then(|last| Some(format!("{}_{}", last.last_message_at?.timestamp_micros(), last.id)));
    Ok(Json(Page { data, next_cursor }))
}

/// What to look for in the index of words: beginnings of names, and of numbers from either end.
fn search_words(q: &str) -> Result<Vec<String>, Problem> {
    let too_short = || Problem::validation([("q", "must be at least 2 letters of a name, or 3 digits of a number")]);
    let q = q.trim().to_lowercase();
    if q.is_empty() {
        return Ok(Vec::new());
    }
    if q.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c)) {
        let digits: String = q.chars().filter(char::is_ascii_digit).collect();
        // Whoever writes 08… or +62… means a beginning; bare digits are what people remember: the end.
        let national = digits.strip_prefix('0').map(|rest| format!("62{rest}"));
        return match national {
            _ if digits.len() < 3 => Err(too_short()),
            Some(number) => Ok(vec![number]),
            None if q.starts_with('+') || digits.starts_with("62") => Ok(vec![digits]),
            None => Ok(vec![format!("<{}", digits.chars().rev().collect::<String>())]),
        };
    }
    if contracts::WaUserId::parse(&q.to_uppercase()).is_ok() {
        return Ok(vec![q]);
    }
    let words: Vec<String> =
        q.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let enough = words.iter().any(|word| word.chars().count() >= 2);
    if enough { Ok(words.into_iter().take(5).collect()) } else { Err(too_short()) }
}

fn read_cursor(text: &str) -> Result<(DateTime<Utc>, Uuid), Problem> {
    let read = || {
        let (micros, id) = text.split_once('_')?;
        Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?, id.parse().ok()?))
    };
    read().ok_or_else(|| Problem::validation([("cursor", "must be a next_cursor of an earlier page")]))
}

/// One conversation.
#[utoipa::path(get, path = "/internal/conversations/{id}", tag = "conversations", params(("id" = String, Path)),
    responses((status = 200, body = ConversationView), (status = 404)))]
pub async fn get(
    State(app): State<App>,
    Office(office): Office,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let view = store::view(&mut tx, office, id).await?;
    tx.commit().await?;
    view.map(Json).ok_or_else(|| Problem::not_found("there is no such conversation"))
}

/// Somebody looked at the conversation: nothing in it is unread any more.
#[utoipa::path(post, path = "/internal/conversations/{id}/read", tag = "conversations", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn read(
    State(app): State<App>,
    Office(office): Office,
    Path(id): Path<ConversationId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let locked = store::lock(&mut tx, office, id).await?;
    let locked = locked.ok_or_else(|| Problem::not_found("there is no such conversation"))?;
    if store::read(&mut tx, office, locked.id).await? {
        store::changed(&app.ctx, &mut tx, office, locked.id, &Cause::none()).await?;
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// From where to read changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The `next_cursor` of the last answer; without it only the present end is told.
    after: Option<String>,
    limit: Option<u32>,
}

/// A change, with the message if it was about one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub message_id: Option<MessageId>,
    pub message: Option<MessageView>,
    pub conversation: Option<ConversationView>,
}

/// What changed since a cursor, whole and in order, however transactions overlapped.
#[utoipa::path(get, path = "/internal/conversations/changes", tag = "conversations", params(ChangesQuery),
    responses((status = 200, body = Page<ChangeView>)))]
pub async fn changes(
    State(app): State<App>,
    Office(office): Office,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let Some(after) = query.after else {
        let next_cursor = Some(store::horizon(&mut tx).await?);
        return Ok(Json(Page { data: Vec::new(), next_cursor }));
    };
    let place = after.split_once('.').and_then(|(xid, id)| Some((xid.parse::<i64>().ok()?, id.parse::<i64>().ok()?)));
    let place = place
        .filter(|(xid, _)| *xid >= 0)
        .ok_or_else(|| Problem::validation([("after", "must be a next_cursor of an earlier answer")]))?;
    let changes = store::changes(&mut tx, office, place, query.limit.unwrap_or(100).clamp(1, MAX_LIMIT).into()).await?;
    let next_cursor = changes.last().map_or(after, |last| last.cursor.clone());
    let mut data = Vec::with_capacity(changes.len());
    for change in changes {
        data.push(ChangeView {
            message: match change.message_id {
                Some(id) => messages::store::view(&mut tx, office, id).await?,
                None => None,
            },
            conversation: store::view(&mut tx, office, change.conversation_id).await?,
            conversation_id: change.conversation_id,
            seq: change.seq,
            message_id: change.message_id,
        });
    }
    tx.commit().await?;
    Ok(Json(Page { data, next_cursor: Some(next_cursor) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_beginnings_and_numbers_from_either_end() {
        for (q, expected) in [
            ("", vec![]),
            ("Budi sant", vec!["budi", "sant"]),
            ("0812-3456", vec!["628123456"]),
            ("+62 812", vec!["62812"]),
            ("62812", vec!["62812"]),
            ("7890", vec!["<0987"]),
        ] {
            assert_eq!(search_words(q).expect(q), expected, "{q}");
        }
        for q in ["b", "12", "- -"] {
            assert!(search_words(q).is_err(), "{q}");
        }
    }
}
