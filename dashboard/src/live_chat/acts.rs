//! What a person does in a conversation: taking it, answering, trying again, giving it back, blocking.
//!
//! channel-service decides; here is asked who may, and written down who did. What must stay true: the same form sent
//! twice is one act and one line in the log.

use chrono::Duration;
use contracts::MessageId;
use contracts::dto::channel::{ConversationView, EndTakeover, MessageAccepted, StartTakeover, TakeoverState};
use leptos::serde_json::{Value, json};
use platform::http::client::{Call, CallError};
use platform::idempotency::{self, Begun, IdempotencyKey};
use sha2::{Digest as _, Sha256};
use tracing::error;

use super::client::{Chats, explain};
use super::{Act, MAX_TEXT, store};
use crate::activity::{self, Activity};
use crate::error::AppError;
use crate::sessions::http::{back_to, by, call_as};
use crate::staff::{BLOCK_CITIZENS, FORCE_TAKEOVER, TAKE_CONVERSATIONS};

const ROUTE: &str = "chat/act";

/// Does it, in the viewer's name.
pub async fn perform(act: &Act) -> Result<(), AppError> {
    let chats = Chats::of_viewer()?;
    let needed = match act.kind.as_str() {
        "take" | "say" | "retry" | "handback" => TAKE_CONVERSATIONS,
        "force" => FORCE_TAKEOVER,
        "block" => BLOCK_CITIZENS,
        _ => return Err(AppError::Invalid(vec!["Tindakan ini tidak dikenal.".to_owned()])),
    };
    if !chats.viewer.may(needed) {
        return Err(AppError::Forbidden);
    }
    let view = chats.view(&act.conversation_id).await?;
    let work = Work { key: key_of(act, &chats), chats, view };
    match act.kind.as_str() {
        "take" => work.take(false).await?,
        "force" => work.take(true).await?,
        "say" => work.say(&act.text).await?,
        "retry" => work.retry(&act.message_id).await?,
        "handback" => work.hand_back(&act.note).await?,
        _ => work.block(&act.reason, &act.days).await?,
    }
    let (server, office) = (&work.chats.server, work.chats.viewer.office.office_id);
    server.chat.changed(office);
    back_to(&format!("/live-chat/{}", work.view.id));
    Ok(())
}

/// The form and everything in it: the same text from the same form is the same act, another text is another.
fn key_of(act: &Act, chats: &Chats) -> String {
    let parts =
        [&act.kind, &act.conversation_id, &act.key, &act.text, &act.note, &act.reason, &act.days, &act.message_id];
    let mut hash = Sha256::new_with_prefix(chats.viewer.user_id.as_bytes());
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// One act on one conversation.
struct Work {
    chats: Chats,
    view: ConversationView,
    key: String,
}

impl Work {
    async fn take(&self, force: bool) -> Result<(), AppError> {
        let viewer = &self.chats.viewer;
        let body = StartTakeover {
            admin_id: viewer.user_id.to_string(),
            admin_name: viewer.name.clone(),
            reason: None,
            force,
        };
        let _: TakeoverState = self.post(&format!("/internal/takeover/{}/start", self.view.id), &body).await?;
        let action = if force { "takeover.forced" } else { "takeover.started" };
        let from = self.view.holder.as_ref().map(|holder| holder.name.clone());
        self.log(action, json!({ "from": from }), None).await
    }

    async fn say(&self, text: &str) -> Result<(), AppError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AppError::Invalid(vec!["Tulis dahulu jawabannya.".to_owned()]));
        }
        let units = text.encode_utf16().count();
        if units > MAX_TEXT {
            let long = format!(
                "Jawaban terlalu panjang: {units} dari paling banyak {MAX_TEXT} huruf. Bagi menjadi beberapa pesan."
            );
            return Err(AppError::Invalid(vec![long]));
        }
        self.must_hold()?;
        let body = json!({
            "contact_id": self.view.contact_id,
            "phone_number_id": self.view.phone_number_id,
            "type": "text",
            "text": { "body": text },
        });
        let accepted: MessageAccepted = self.post("/internal/messages/send", &body).await?;
        // What was said is in the conversation; the log says that something was.
        self.log("message.sent", json!({ "message_id": accepted.message_id }), Some(accepted.message_id)).await
    }

    async fn retry(&self, message: &str) -> Result<(), AppError> {
        let message: MessageId = message.parse().map_err(|_| AppError::NotFound)?;
        let _: Value = self.post(&format!("/internal/messages/{message}/retry"), &json!({})).await?;
        self.log("message.retried", json!({ "message_id": message }), None).await
    }

    async fn hand_back(&self, note: &str) -> Result<(), AppError> {
        let note = Some(note.trim().to_owned()).filter(|note| !note.is_empty());
        let body = EndTakeover { admin_id: self.chats.viewer.user_id.to_string(), note: note.clone() };
        let _: TakeoverState = self.post(&format!("/internal/takeover/{}/end", self.view.id), &body).await?;
        self.log("takeover.ended", json!({ "note": note.is_some() }), None).await
    }

    async fn block(&self, reason: &str, days: &str) -> Result<(), AppError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(AppError::Invalid(vec!["Tuliskan alasan pemblokiran.".to_owned()]));
        }
        let days: Option<u32> = match days.trim() {
            "" => None,
            days => Some(days.parse().map_err(|_| AppError::Invalid(vec!["Lama blokir tidak dikenal.".to_owned()]))?),
        };
        let now = self.chats.server.ctx.clock.now();
        let expires_at = days.map(|days| now + Duration::days(days.into()));
        let body = json!({ "contact_id": self.view.contact_id, "reason": reason, "expires_at": expires_at });
        // Without the key: a repeated block is later by a moment, and channel-service keeps one per citizen.
        let call = self.call()?;
        let answer: Result<Value, _> = self.chats.server.channel.post("/internal/blocks", &body, &call).await;
        answer.map_err(|error| explain(&error))?;
        self.log("citizen.blocked", json!({ "contact_id": self.view.contact_id, "days": days }), None).await
    }

    /// Only who has the conversation writes in it; channel-service does not ask who has it.
    fn must_hold(&self) -> Result<(), AppError> {
        let me = self.chats.viewer.user_id.to_string();
        match &self.view.holder {
            Some(holder) if holder.id == me => Ok(()),
            Some(holder) => Err(AppError::Held(holder.name.clone())),
            None => Err(AppError::Invalid(vec!["Ambil alih dahulu percakapan ini sebelum menjawab.".to_owned()])),
        }
    }

    fn call(&self) -> Result<Call, AppError> {
        call_as(&self.chats.server, &self.chats.viewer)
    }

    async fn post<B: serde::Serialize, A: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<A, AppError> {
        let call = self.call()?.key(self.key.clone());
        let refused = match self.chats.server.channel.post(path, body, &call).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match explain(&refused) {
            AppError::Held(_) => Err(AppError::Held(self.holder_now(&refused).await)),
            other => Err(other),
        }
    }

    /// Who has it: the one who was faster, not the one who was seen before.
    async fn holder_now(&self, refused: &CallError) -> String {
        let now = self.chats.view(&self.view.id.to_string()).await.ok().and_then(|view| view.holder);
        now.map_or_else(
            || {
                error!(error = refused as &dyn std::error::Error, "held by nobody");
                "Petugas lain".to_owned()
            },
            |holder| holder.name,
        )
    }

    /// One line per act; with it who wrote an answer.
    async fn log(&self, action: &'static str, details: Value, wrote: Option<MessageId>) -> Result<(), AppError> {
        let viewer = &self.chats.viewer;
        let office = viewer.office.office_id;
        let entry = Activity { details, ..by(viewer, action, Some(self.view.id.to_string())) };
        let ctx = &self.chats.server.ctx;
        let added = async {
            let mut tx = ctx.db.office(office).await?;
            let key = IdempotencyKey(Some(self.key.clone()));
            if let Begun::Fresh(slot) = idempotency::begin(&mut tx, office, ROUTE, &key, &()).await? {
                activity::store::add(&mut tx, &entry, ctx.clock.now()).await?;
                if let Some(message) = wrote {
                    store::wrote(&mut tx, office, message, viewer.user_id, &viewer.name, ctx.clock.now()).await?;
                }
                slot.store(&mut tx, http::StatusCode::OK, &()).await?;
            }
            tx.commit().await?;
            Ok::<_, platform::http::Problem>(())
        };
        // It is done: that its line is missing is the log's trouble, not the person's.
        if let Err(problem) = added.await {
            error!(?problem, action, "an activity is missing in the log");
        }
        Ok(())
    }
}
