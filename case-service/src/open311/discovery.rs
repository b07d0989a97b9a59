//! `discovery`: where the interface is and what it speaks.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::render::{Failure, Format, Node};
use super::{jurisdiction, office};
use crate::App;

/// When these answers last changed their form.
const CHANGESET: &str = "2026-11-21T00:00:00+07:00";

/// The parameter that every call knows.
#[derive(Debug, Deserialize)]
pub struct Asked {
    pub jurisdiction_id: Option<String>,
}

/// The endpoints.
pub async fn discovery(
    State(app): State<App>,
    Path(format): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let format = Format::from_word(&format).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let office =
        office(&app, asked.jurisdiction_id.as_deref(), format).await.map_err(|failure| failure.in_format(format))?;
    let text = |text: &str| Node::Text(text.to_owned());
    let endpoint = Node::Fields(vec![
        ("specification", text("http://wiki.open311.org/GeoReport_v2")),
        ("url", text("/open311/v2")),
        ("changeset", text(CHANGESET)),
        ("type", text("production")),
        ("formats", Node::List("format", vec![text("text/xml"), text("application/json")])),
    ]);
    let contact = format!("{}: keys are given by the office's administrators.", office.name);
    let node = Node::Fields(vec![
        ("changeset", text(CHANGESET)),
        ("contact", Node::Text(contact)),
        ("key_service", text("Ask the office; reading needs no key.")),
        ("jurisdiction_id", Node::Text(jurisdiction(office.office_id))),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ]);
    Ok(format.answer(StatusCode::OK, "discovery", &node))
}
