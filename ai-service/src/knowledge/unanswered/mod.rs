//! Questions that nothing answered: what the office should write next.
//!
//! The dialogue records one in the turn's own transaction; personal data is masked here. Similar wordings are one question
//! with a count. What must stay true: no citizen can be told from what stands here.

pub mod http;
pub mod store;

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use serde::Serialize;
use uuid::Uuid;

use super::words;
use crate::embedding::{self, builtin};
use crate::personal;

/// From this cosine on two questions are one.
const SAME: f64 = 0.82;
/// A question longer than this is told by its beginning.
const LONGEST: usize = 300;

/// A question that staff may answer.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct UnansweredQuestion {
    pub id: Uuid,
    /// As it was first asked.
    pub question: String,
    /// How often it was asked.
    pub asked: i64,
    pub first_asked: DateTime<Utc>,
    pub last_asked: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by: Option<String>,
}

/// Notes that a question had no answer. Personal data in it is masked here; names that only the caller knows, by the caller.
pub async fn record(tx: &mut Tx, office: OfficeId, question: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let masked = personal::replace(question, &personal::find(question), |_, _| "…".to_owned());
    let question: String = masked.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    let asked = words::asked(&question);
    let mut terms: Vec<&str> = asked.iter().map(|asked| asked.forms[0].0.as_str()).collect();
    if terms.is_empty() {
        return Ok(());
    }
    terms.sort_unstable();
    let wording = terms.join(" ");
    let embedder = builtin::name();
    let vector = embedding::literal(&builtin::embed_question(&asked)).unwrap_or_default();
    // Of two that race with one wording, the second counts the first one up.
    match store::similar(tx, office, &wording, &embedder, &vector, SAME).await? {
        Some(id) => store::again(tx, office, id, now).await,
        None => store::first(tx, office, &question, &wording, &embedder, &vector, now).await,
    }
}
