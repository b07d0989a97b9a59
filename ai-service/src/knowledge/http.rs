//! `POST /internal/knowledge/search`.

use axum::extract::State;
use contracts::dto::ai::{FoundKnowledge, SearchKnowledge};
use platform::http::auth::Office;
use platform::http::{Json, Problem};

use super::{LONGEST_QUESTION, MOST_RESULTS};
use crate::App;

/// Results when nobody says how many.
const USUAL_RESULTS: usize = 5;

/// Finds the passages that answer a question: the office's own, then what other offices share.
#[utoipa::path(
    post, path = "/internal/knowledge/search", tag = "knowledge", request_body = SearchKnowledge,
    responses((status = 200, body = FoundKnowledge), (status = 400, body = contracts::problem::Problem))
)]
pub async fn search(
    State(app): State<App>,
    Office(office): Office,
    Json(body): Json<SearchKnowledge>,
) -> Result<Json<FoundKnowledge>, Problem> {
    let top_k = body.top_k.map_or(USUAL_RESULTS, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let mut errors = Vec::new();
    if body.query.trim().is_empty() || body.query.chars().count() > LONGEST_QUESTION {
        errors.push(("query", format!("must have 1 to {LONGEST_QUESTION} characters")));
    }
    if !(1..=MOST_RESULTS).contains(&top_k) {
        errors.push(("top_k", format!("must be between 1 and {MOST_RESULTS}")));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let found = super::search(&app, office, &body.query, body.kategori.as_ref(), top_k).await?;
    let results = found.results.into_iter().map(|passage| passage.chunk).collect();
    Ok(Json(FoundKnowledge { results, answerable: found.answerable }))
}
