//! What the screens need of channel-service, asked in the viewer's name and for their office.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::dto::Page;
use contracts::dto::case::ComplaintView;
use contracts::dto::channel::ConversationView;
use contracts::message::{Author, MessageView};
use contracts::{ContactId, ConversationId, MessageId};
use leptos::prelude::use_context;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::http::client::CallError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tracing::{error, warn};
use uuid::Uuid;

use super::{Caught, Frame, MINE, News, Piece, WAITING, bubbles, rows, store};
use crate::Server;
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::sessions::http::{call_as, signed_in};

/// How many rows a list shows at once.
const ROWS: u32 = 50;
/// The waiting are shown whole: nobody is forgotten on a second page.
const ALL_ROWS: u32 = 200;
/// How many messages a conversation opens with, and how many older ones come at once.
const MESSAGES: u32 = 40;
/// Changes that are told one by one after a gap.
const CHANGES: u32 = 200;

/// channel-service, in one viewer's name.
#[derive(Debug, Clone)]
pub struct Chats {
    pub server: Server,
    pub viewer: Viewer,
}

/// Which list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub tab: String,
    /// Part of a name or number.
    pub q: String,
    pub cursor: String,
}

/// A change as channel-service tells it.
#[derive(Debug, Deserialize)]
struct Change {
    message: Option<MessageView>,
    conversation: Option<ConversationView>,
}

impl Chats {
    /// For whoever is signed in.
    pub fn of_viewer() -> Result<Self, AppError> {
        Ok(Self { viewer: signed_in()?, server: use_context::<Server>().ok_or(AppError::Internal)? })
    }

    /// The present.
    pub fn now(&self) -> DateTime<Utc> {
        self.server.ctx.clock.now()
    }

    /// The viewer's id, as holders have it.
    pub fn me(&self) -> String {
        self.viewer.user_id.to_string()
    }

    /// How many wait and how many the viewer has; numbers that stand still.
    pub async fn frame(&self) -> Frame {
        let office = self.viewer.office.office_id;
        let standing = self.server.chat.standing(&self.server.channel, office).await.unwrap_or_default();
        standing.frame(&self.me())
    }

    /// A list: its rows, and where the next page begins.
    pub async fn list(&self, ask: &Ask) -> Result<Page<ConversationView>, AppError> {
        let me = self.me();
        let mut path = match ask.tab.as_str() {
            WAITING => format!("/internal/conversations?status=waiting&limit={ALL_ROWS}"),
            MINE => format!("/internal/conversations?assigned_to={me}&limit={ALL_ROWS}"),
            _ => format!("/internal/conversations?limit={ROWS}"),
        };
        for (name, value) in [("q", ask.q.clone()), ("cursor", ask.cursor.clone())] {
            if !value.is_empty() {
                path = format!("{path}&{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
            }
        }
        let found: Result<Page<ConversationView>, _> = self.get(&path).await;
        let mut page = found.map_err(|error| match error {
            AppError::Invalid(_) => {
                AppError::Invalid(vec!["Cari dengan sedikitnya 2 huruf nama, atau 3 angka nomor.".to_owned()])
            }
            other => other,
        })?;
        if ask.tab == WAITING {
            page.data.sort_by_key(|view| view.waiting_since.or(view.last_message_at));
        }
        Ok(page)
    }

    /// Where the changes end now.
    pub async fn end_of_changes(&self) -> Result<String, AppError> {
        let page: Page<serde::de::IgnoredAny> = self.get("/internal/conversations/changes").await?;
        page.next_cursor.ok_or(AppError::Internal)
    }

    /// A conversation's messages, the oldest first, and whether there are older ones: the newest, or those before one.
    pub async fn messages(&self, id: ConversationId, before: Option<&str>) -> Result<(Vec<Piece>, bool), AppError> {
        let before = match before {
            Some(before) => format!("&before={}", before.parse::<MessageId>().map_err(|_| AppError::NotFound)?),
            None => String::new(),
        };
        let page: Page<MessageView> =
            self.get(&format!("/internal/messages?conversation_id={id}&limit={MESSAGES}{before}")).await?;
        let names = self.names(&page.data).await;
        let part = self.viewer.may(crate::staff::TAKE_CONVERSATIONS);
        let mut messages: Vec<Piece> = page
            .data
            .iter()
            .map(|message| bubbles::piece(message, names.get(&message.id).map(String::as_str), part))
            .collect();
        messages.sort_by_key(|piece| piece.seq);
        Ok((messages, page.next_cursor.is_some()))
    }

    /// Who of the staff wrote what. Without the names the messages still read well.
    async fn names(&self, messages: &[MessageView]) -> HashMap<MessageId, String> {
        let ids: Vec<Uuid> =
            messages.iter().filter(|message| message.author == Author::Admin).map(|message| message.id.0).collect();
        if ids.is_empty() {
            return HashMap::new();
        }
        let office = self.viewer.office.office_id;
        let look = async {
            let mut tx = self.server.ctx.db.office(office).await?;
            let names = store::names(&mut tx, office, &ids).await?;
            tx.commit().await?;
            Ok::<_, sqlx::Error>(names)
        };
        look.await.unwrap_or_else(|error| {
            warn!(error = &error as &dyn std::error::Error, "the writers' names could not be read");
            HashMap::new()
        })
    }

    /// The citizen's complaints; `None` while case-service is away.
    pub async fn complaints_of(&self, contact: ContactId) -> Option<Page<ComplaintView>> {
        let call = call_as(&self.server, &self.viewer).ok()?;
        let path = format!("/internal/complaints?contact_id={contact}&limit=10");
        match self.server.cases.get(&path, &call).await {
            Ok(page) => Some(page),
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "a citizen's complaints could not be read");
                None
            }
        }
    }

    /// What changed since, told as news.
    pub async fn since(&self, after: &str) -> Result<Caught, AppError> {
        let cursor = utf8_percent_encode(after, NON_ALPHANUMERIC);
        let path = format!("/internal/conversations/changes?after={cursor}&limit={CHANGES}");
        let page: Page<Change> = self.get(&path).await?;
        let now = self.now();
        let too_much = page.data.len() >= CHANGES as usize;
        let changed: Vec<MessageView> = page.data.iter().filter_map(|change| change.message.clone()).collect();
        let names = self.names(&changed).await;
        let may_retry = self.viewer.may(crate::staff::TAKE_CONVERSATIONS);
        let news = page.data.into_iter().filter_map(|change| {
            let view = change.conversation?;
            let message = change
                .message
                .map(|message| bubbles::piece(&message, names.get(&message.id).map(String::as_str), may_retry));
            Some(news(&view, message, now))
        });
        Ok(Caught { news: news.collect(), after: page.next_cursor.unwrap_or_else(|| after.to_owned()), too_much })
    }

    /// Somebody who may answer has looked at it.
    pub async fn looked(&self, id: ConversationId) {
        let path = format!("/internal/conversations/{id}/read");
        let done: Result<serde::de::IgnoredAny, _> = match call_as(&self.server, &self.viewer) {
            Ok(call) => self.server.channel.post(&path, &leptos::serde_json::json!({}), &call).await,
            Err(_) => return,
        };
        if let Err(error) = done {
            warn!(error = &error as &dyn std::error::Error, "a conversation stays unread");
        }
    }

    /// A conversation of the viewer's office.
    pub async fn view(&self, id: &str) -> Result<ConversationView, AppError> {
        let id: ConversationId = id.parse().map_err(|_| AppError::NotFound)?;
        self.get(&format!("/internal/conversations/{id}")).await
    }

    async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, AppError> {
        let call = call_as(&self.server, &self.viewer)?;
        self.server.channel.get(path, &call).await.map_err(|error| explain(&error))
    }
}

/// A conversation's news, for every browser of its office.
pub fn news(view: &ConversationView, message: Option<Piece>, now: DateTime<Utc>) -> News {
    News {
        status: view.status.clone(),
        holder_id: view.holder.as_ref().map(|holder| holder.id.clone()),
        epoch: view.epoch,
        row: rows::piece(view, now),
        message,
    }
}

/// In words for the person; the rest goes to the log.
pub fn explain(error: &CallError) -> AppError {
    match error {
        CallError::Unavailable { .. } => {
            warn!(error = error as &dyn std::error::Error, "channel-service is away");
            AppError::ChannelAway
        }
        CallError::Refused { status, problem, .. } => match status {
            403 => AppError::Forbidden,
            404 => AppError::NotFound,
            400 | 422 => {
                AppError::Invalid(problem.errors.iter().map(|bad| format!("{}: {}.", bad.field, bad.message)).collect())
            }
            409 if problem.kind.ends_with("window-closed") => AppError::WindowClosed,
            409 if problem.kind.ends_with("held") => AppError::Held(String::new()),
            409 => {
                let words = match problem.kind.rsplit(':').next().unwrap_or_default() {
                    "not-failed" => "Pesan ini tidak gagal, atau sudah dikirim ulang.",
                    "not-held" => "Ambil alih dahulu percakapan ini sebelum menjawab.",
                    "overtaken" | "carried" | "not-revivable" => {
                        "Pesan ini tidak dapat dikirim ulang. Tulis pesan baru."
                    }
                    _ => "Keadaannya sudah berubah. Muat ulang halaman, lalu periksa lagi.",
                };
                AppError::Invalid(vec![words.to_owned()])
            }
            _ => {
                error!(error = error as &dyn std::error::Error, "channel-service refused what it should not");
                AppError::Internal
            }
        },
        CallError::Unreadable { .. } => {
            error!(error = error as &dyn std::error::Error, "channel-service can't be understood");
            AppError::Internal
        }
    }
}
