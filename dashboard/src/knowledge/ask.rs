//! Trying out: what the assistant would answer, and from which passages. Nothing is changed, nobody is told.

use chrono::{DateTime, Utc};
use contracts::dto::Page;
use contracts::dto::ai::{FoundChunk, FoundKnowledge, ProcessMessage, ProcessedMessage, SearchKnowledge};
use platform::http::client::CallError;
use serde::Deserialize;
use tracing::warn;
use uuid::Uuid;

use crate::Server;
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::sessions::http::call_as;

/// WhatsApp's own limit.
pub const LONGEST: usize = 1_000;
/// Nobody's number: a dry run belongs to no citizen.
const NOBODY: &str = "620000000000";
/// Passages that are shown.
const PASSAGES: u32 = 5;
/// Open questions that are shown.
const UNANSWERED: u32 = 20;

/// What came of a question.
#[derive(Debug)]
pub struct Tried {
    pub question: String,
    /// What the citizen would read.
    pub answer: Result<ProcessedMessage, AppError>,
    pub found: Result<Found, AppError>,
}

/// The passages, the best first.
#[derive(Debug)]
pub struct Found {
    pub passages: Vec<FoundChunk>,
    /// `false`: the assistant says that it does not know.
    pub answerable: bool,
}

/// Asks the assistant in the viewer's name.
pub async fn try_out(server: &Server, viewer: &Viewer, question: &str) -> Result<Tried, AppError> {
    let call = call_as(server, viewer)?;
    let message =
        ProcessMessage { wa_user_id: NOBODY.to_owned(), message: question.to_owned(), message_id: None, dry_run: true };
    let search = SearchKnowledge { query: question.to_owned(), top_k: Some(PASSAGES), kategori: None };
    let (answer, found) = tokio::join!(
        server.ai.post::<_, ProcessedMessage>("/internal/process-message", &message, &call),
        server.ai.post::<_, FoundKnowledge>("/internal/knowledge/search", &search, &call),
    );
    Ok(Tried {
        question: question.to_owned(),
        answer: answer.map_err(|error| explain(&error)),
        found: found
            .map(|found| Found { passages: found.results, answerable: found.answerable })
            .map_err(|error| explain(&error)),
    })
}

/// What citizens asked and nothing answered; similar wordings together.
#[derive(Debug, Clone, Deserialize)]
pub struct Unanswered {
    pub id: Uuid,
    pub question: String,
    pub asked: i64,
    pub last_asked: DateTime<Utc>,
}

/// Open questions, the most asked first. `None`: the assistant is away.
pub async fn unanswered(server: &Server, viewer: &Viewer) -> Option<Vec<Unanswered>> {
    let call = call_as(server, viewer).ok()?;
    let path = format!("/internal/knowledge/unanswered?limit={UNANSWERED}");
    match once(server.ai.get::<Page<Unanswered>>(&path, &call)).await {
        Ok(page) => Some(page.data),
        Err(error) => {
            explain(&error);
            None
        }
    }
}

/// Settles an open question, after its entry was written. Only a convenience: it can be settled again by writing.
pub async fn settle(server: &Server, viewer: &Viewer, id: Uuid) {
    let Ok(call) = call_as(server, viewer) else { return };
    let path = format!("/internal/knowledge/unanswered/{id}/resolve");
    if let Err(error) = server.ai.post::<(), serde::de::IgnoredAny>(&path, &(), &call).await {
        warn!(error = &error as &dyn std::error::Error, "an answered question stays on the list");
    }
}

/// A page does not wait for tries beyond the first few seconds.
async fn once<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
    tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| {
        Err(CallError::Unavailable { service: "ai-service", why: "it did not answer in time".to_owned() })
    })
}

/// In words for the person; the rest goes to the log.
pub fn explain(error: &CallError) -> AppError {
    warn!(error = error as &dyn std::error::Error, "ai-service did not answer");
    match error.status() {
        Some(403) => AppError::Forbidden,
        Some(400 | 422) => {
            AppError::Invalid(vec!["Pertanyaan ini tidak dapat diproses. Tulis dengan kata lain.".to_owned()])
        }
        _ => AppError::AssistantAway,
    }
}
