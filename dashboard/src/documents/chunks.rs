//! A document's passages, as ai-service read them.

use contracts::DocumentId;
use contracts::OfficeId;
use contracts::dto::ai::DocumentChunk;
use contracts::dto::{MAX_LIMIT, Page};
use platform::http::client::{Call, CallError};

use crate::Server;

/// More pages than any document of the largest size has.
const MOST_PAGES: usize = 1_000;

/// All of them, in their order. A document that ai-service has forgotten meanwhile has none.
pub async fn fetch(server: &Server, office: OfficeId, id: DocumentId) -> Result<Vec<DocumentChunk>, CallError> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let limit = MAX_LIMIT.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let path = format!("/internal/documents/{id}/chunks");
        let page: Page<DocumentChunk> = match server.ai.get_query(&path, &query, &Call::office(office)).await {
            Ok(page) => page,
            Err(error) if error.status() == Some(404) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        all.extend(page.data);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(all)
}
