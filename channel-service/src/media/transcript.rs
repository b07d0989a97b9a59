//! What is said in voice notes, when the office trusts a provider with hearing it.

use contracts::dto::ai::{Transcribe, Transcribed};
use platform::http::client::Call;
use platform::outbox::{AppendError, Cause};
use tracing::debug;

use super::store::{self, Unheard};
use crate::App;
use crate::conversations::store as conversations;
use crate::inbound::tell_message;

/// Voice notes per round.
const BATCH: i64 = 4;
/// Tries before it stays a voice note: nobody waits longer for its words.
const TRIES: i32 = 6;

/// Has voice notes heard that wait for it. Answers how many were settled.
pub async fn round(app: &App) -> anyhow::Result<usize> {
    let mut tx = app.ctx.db.all_offices("voice notes").await?;
    let waiting = store::claim_unheard(&mut tx, app.ctx.clock.now(), BATCH).await?;
    tx.commit().await?;
    let mut settled = 0;
    for note in waiting {
        settled += usize::from(hear(app, &note).await?);
    }
    Ok(settled)
}

async fn hear(app: &App, note: &Unheard) -> Result<bool, AppendError> {
    let body = Transcribe { key: note.key.clone(), mime_type: note.mime_type.clone() };
    let call = Call::office(note.office).key(note.id.to_string());
    let words = match app.media.ai.post::<_, Transcribed>("/internal/transcriptions", &body, &call).await {
        Ok(heard) => Some(heard.text.trim().to_owned()).filter(|text| !text.is_empty()),
        Err(error) if error.is_unavailable() && note.attempts < TRIES => {
            debug!(media = %note.id, error = &error as &dyn std::error::Error, "a voice note waits to be heard");
            return Ok(false);
        }
        // No trusted provider, or it could not be understood: it stays what it is.
        Err(error) => {
            debug!(media = %note.id, error = &error as &dyn std::error::Error, "a voice note is not transcribed");
            None
        }
    };
    app.metrics.media.with_label_values(&[if words.is_some() { "transcribed" } else { "not_transcribed" }]).inc();
    let mut tx = app.ctx.db.office(note.office).await?;
    conversations::lock(&mut tx, note.office, note.conversation_id).await?;
    let kept = store::heard(&mut tx, note, words.as_deref()).await?;
    if kept && words.is_some() {
        tell_message(app, &mut tx, note.office, note.message_id, &Cause::none()).await?;
    }
    tx.commit().await?;
    app.ctx.outbox.wake();
    app.turns.notify_one();
    Ok(true)
}
