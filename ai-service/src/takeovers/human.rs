//! What a person and the citizen said to each other, read before the assistant speaks again.

use std::time::Duration;

use contracts::ConversationId;
use contracts::dto::Page;
use contracts::message::{Author, MessageView};
use platform::http::client::Call;
use serde::Serialize;

use super::Takeover;
use crate::App;
use crate::dialogue::Turn;
use crate::dialogue::facts::HumanPart;
use crate::dialogue::state::Human;
use crate::dialogue::words::clipped;
use crate::personal;
use crate::turns::Work;

/// A citizen does not wait longer for the past.
const PATIENCE: Duration = Duration::from_secs(2);
/// Messages of a takeover that are looked at, the latest first.
const MOST: u32 = 60;
/// The longest line and the most lines in the summary.
const LINE: usize = 160;
const LINES: usize = 12;

#[derive(Serialize)]
struct Query {
    conversation_id: ConversationId,
    limit: u32,
}

/// The human part of the conversation.
pub async fn part(app: &App, work: &Work, takeover: &Takeover) -> HumanPart {
    let messages = messages(app, work, takeover).await;
    heard(app, takeover, &messages).await
}

/// The takeover's messages, oldest first. None when channel-service does not answer in time: the note has to do.
async fn messages(app: &App, work: &Work, takeover: &Takeover) -> Vec<MessageView> {
    let query = Query { conversation_id: work.conversation_id, limit: MOST };
    let call = Call::office(work.office);
    let asked = app.channel.get_query::<_, Page<MessageView>>("/internal/messages", &query, &call);
    let page = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(page)) => page.data,
        Ok(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what a person said can't be read; their note has to do"
            );
            return Vec::new();
        }
        Err(_) => {
            tracing::warn!("what a person said can't be read in time; their note has to do");
            return Vec::new();
        }
    };
    let ended_at = takeover.ended_at.unwrap_or(takeover.started_at);
    let mut messages: Vec<MessageView> =
        page.into_iter().filter(|message| (takeover.started_at..=ended_at).contains(&message.sent_at)).collect();
    messages.sort_by_key(|message| message.seq);
    messages
}

async fn heard(app: &App, takeover: &Takeover, messages: &[MessageView]) -> HumanPart {
    let mut citizen = Vec::new();
    let mut officer: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for message in messages {
        let text = message.text.as_deref().unwrap_or_default().trim();
        let who = match message.author {
            Author::Citizen => "Warga",
            Author::Admin => "Petugas",
            Author::Bot | Author::System => continue,
        };
        if message.author == Author::Citizen {
            // Without an asker no model is asked: these words are old.
            let understood = app.understanding.understand(text).await;
            let mut turn = Turn::words(text, understood);
            turn.location.clone_from(&message.location);
            turn.media.extend(message.media.clone().filter(|_| message.kind != "sticker"));
            citizen.push(turn);
        } else {
            officer.push(text.to_owned());
        }
        if !text.is_empty() {
            lines.push(format!("{who}: {}", clipped(&personal::for_ticket(text), LINE)));
        }
    }
    let skipped = lines.len().saturating_sub(LINES);
    let mut summary = lines.split_off(skipped);
    if let Some(note) = takeover.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
        officer.push(note.to_owned());
        summary.push(format!("Catatan: {}", clipped(note, LINE * 2)));
    }
    let ended_at = takeover.ended_at.unwrap_or(takeover.started_at);
    let human = Human { officer: takeover.officer.clone(), ended_at, summary: summary.join(" / ") };
    HumanPart { epoch: takeover.epoch, human, citizen, officer }
}
