//! What the page asks of ai-service and case-service, in the viewer's name.

use contracts::dto::case::ComplaintStats;
use tracing::warn;

use super::{Assistant, Span};
use crate::Server;
use crate::error::AppError;
use crate::knowledge::ask::explain;
use crate::sessions::Viewer;
use crate::sessions::http::call_as;

/// Both parts; each may fail alone.
pub async fn read(
    server: &Server,
    viewer: &Viewer,
    span: Span,
) -> Result<(Result<Assistant, AppError>, Result<ComplaintStats, AppError>), AppError> {
    let call = call_as(server, viewer)?;
    let assistant = format!("/internal/analytics?from={}&to={}", span.from, span.to);
    let complaints =
        format!("/internal/complaints/stats?from={}&to={}&group_by=status,kategori,day", span.from, span.to);
    let (assistant, complaints) = tokio::join!(
        server.ai.get::<Assistant>(&assistant, &call),
        server.cases.get::<ComplaintStats>(&complaints, &call)
    );
    let complaints = complaints.map_err(|error| {
        warn!(error = &error as &dyn std::error::Error, "case-service did not count");
        AppError::Unavailable
    });
    Ok((assistant.map_err(|error| explain(&error)), complaints))
}
