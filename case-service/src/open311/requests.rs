//! `requests` and `tokens`: complaints as the public may know them.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use contracts::ComplaintNumber;
use platform::clock::jakarta;

use super::discovery::Asked;
use super::filter::{Filter, Params};
use super::render::{Failure, Format, Node};
use super::store::{self, Request};
use super::{file, limits, office, public};
use crate::App;

/// Many.
pub async fn list(
    State(app): State<App>,
    Path(format): Path<String>,
    Query(params): Query<Params>,
) -> Result<Response, Failure> {
    let format = Format::from_word(&format).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let filter = params.read(app.ctx.clock.now()).map_err(|errors| Failure {
        format,
        status: StatusCode::BAD_REQUEST,
        errors,
    })?;
    let found = find(&app, params.jurisdiction_id.as_deref(), &filter, format)
        .await
        .map_err(|failure| failure.in_format(format))?;
    Ok(format.answer(StatusCode::OK, "service_requests", &Node::List("request", found.iter().map(request).collect())))
}

/// One.
pub async fn one(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (number, format) = file(&name).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let found = by_number(&app, &asked, number, format).await.map_err(|failure| failure.in_format(format))?;
    Ok(format.answer(StatusCode::OK, "service_requests", &Node::List("request", vec![request(&found)])))
}

/// Every report gets its number at once, so that a token is the number itself.
pub async fn token(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (number, format) = file(&name).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let found = by_number(&app, &asked, number, format).await.map_err(|failure| failure.in_format(format))?;
    let request = Node::Fields(vec![
        ("service_request_id", Node::Text(found.complaint_id.clone())),
        ("token", Node::Text(found.complaint_id)),
    ]);
    Ok(format.answer(StatusCode::OK, "service_requests", &Node::List("request", vec![request])))
}

async fn find(app: &App, jurisdiction: Option<&str>, filter: &Filter, format: Format) -> Result<Vec<Request>, Failure> {
    let office = office(app, jurisdiction, format).await?.office_id;
    limits::without_key(app, office, format)?;
    let mut tx = app.ctx.db.office(office).await?;
    let found = store::requests(&mut tx, office, filter).await?;
    tx.commit().await?;
    Ok(found)
}

async fn by_number(app: &App, asked: &Asked, number: &str, format: Format) -> Result<Request, Failure> {
    let missing = || format.not_found("service_request_id was not found");
    let number: ComplaintNumber = number.parse().map_err(|_| missing())?;
    let filter = Filter {
        numbers: vec![number.to_string()],
        codes: Vec::new(),
        from: DateTime::UNIX_EPOCH,
        to: DateTime::UNIX_EPOCH,
        open: None,
        limit: 1,
        offset: 0,
    };
    find(app, asked.jurisdiction_id.as_deref(), &filter, format).await?.pop().ok_or_else(missing)
}

fn request(request: &Request) -> Node {
    let time = |at: DateTime<Utc>| Node::Text(jakarta(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string());
    let hide = |text: &str| public::text(text, request.reporter_name.as_deref());
    let address = match &request.kelurahan {
        Some(kelurahan) => format!("{}, {kelurahan}", request.alamat),
        None => request.alamat.clone(),
    };
    let number = |value: Option<f64>| value.map_or(Node::Nothing, Node::Number);
    Node::Fields(vec![
        ("service_request_id", Node::Text(request.complaint_id.clone())),
        ("status", Node::Text(if request.open { "open" } else { "closed" }.to_owned())),
        ("status_notes", Node::text(request.remark.as_deref().map(&hide))),
        ("service_name", Node::Text(request.kategori_nama.clone())),
        ("service_code", Node::Text(request.kategori.clone())),
        ("description", Node::Text(hide(&request.deskripsi))),
        ("agency_responsible", Node::text(request.agency.clone())),
        ("service_notice", Node::Nothing),
        ("requested_datetime", time(request.created_at)),
        ("updated_datetime", time(request.updated_at)),
        ("expected_datetime", if request.open { time(request.due_at) } else { Node::Nothing }),
        ("address", Node::Text(hide(&address))),
        ("address_id", Node::Nothing),
        ("zipcode", Node::Nothing),
        ("lat", number(request.lat)),
        ("long", number(request.lng)),
        ("media_url", Node::Nothing),
    ])
}
