//! `POST requests`: a report from another program, under a key.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contracts::category::{CategoryField, FieldKind};
use contracts::dto::case::CreateComplaint;
use platform::idempotency::IdempotencyKey;
use serde_json::Value;

use super::keys::{self, Key};
use super::render::{Failure, Format, Node};
use super::{limits, office};
use crate::App;
use crate::categories;
use crate::complaints::create::{self, By};
use crate::complaints::draft::Reporter;

/// The standard's longest description.
const LONGEST: usize = 4_000;

/// A form, field by field; a field may stand there more than once.
#[derive(Debug, Default)]
struct Form(Vec<(String, String)>);

impl Form {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// `attribute[code]` and `attribute[code][]`.
    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(key, value)| {
            let code = key.strip_prefix("attribute[")?.trim_end_matches("[]").strip_suffix(']')?;
            Some((code, value.trim())).filter(|(_, value)| !value.is_empty())
        })
    }
}

/// Takes a report and answers with its number.
pub async fn create(
    State(app): State<App>,
    Path(format): Path<String>,
    headers: HeaderMap,
    idempotency: IdempotencyKey,
    body: Bytes,
) -> Result<Response, Failure> {
    let format = Format::from_word(&format).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let form = headers
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !form {
        return Err(format.bad("send the report as application/x-www-form-urlencoded"));
    }
    let form = Form(url::form_urlencoded::parse(&body).into_owned().collect());
    take(&app, &form, idempotency, format).await.map_err(|failure| failure.in_format(format))
}

async fn take(app: &App, form: &Form, idempotency: IdempotencyKey, format: Format) -> Result<Response, Failure> {
    let office = office(app, form.get("jurisdiction_id"), format).await?.office_id;
    let key = authorised(app, office, form.get("api_key"), format).await?;
    limits::with_key(app, key.id, key.per_minute, format)?;
    let mut errors = Vec::new();
    let code = form.get("service_code").unwrap_or_default();
    let mut tx = app.ctx.db.office(office).await?;
    let category = categories::store::open(&app.ctx, &mut tx, office, code).await?;
    tx.commit().await?;
    match &category {
        Some(_) => {}
        None if code.is_empty() => errors.push("service_code is required".to_owned()),
        None => errors.push("service_code was not found".to_owned()),
    }
    let mut body = CreateComplaint { kategori: code.to_owned(), ..CreateComplaint::default() };
    describe(form, &mut body, &mut errors);
    locate(form, &mut body, &mut errors);
    body.fields = answers(form, category.as_ref().map_or(&[], |category| &category.fields), &mut errors);
    body.wa_user_id = form.get("phone").map(str::to_owned);
    let name: Vec<&str> = ["first_name", "last_name"].iter().filter_map(|name| form.get(name)).collect();
    body.nama = Some(name.join(" ")).filter(|name| !name.is_empty());
    if !errors.is_empty() {
        return Err(Failure { format, status: StatusCode::BAD_REQUEST, errors });
    }
    let reporter = if body.wa_user_id.is_some() { Reporter::Named } else { Reporter::Unknown };
    let idempotency = IdempotencyKey(idempotency.0.map(|given| format!("{}/{given}", key.id)));
    let by = By { label: format!("open311:{}", key.name), id: None };
    let taken = create::create(app, office, by, &idempotency, &body, reporter)
        .await
        .map_err(|problem| refused(&problem, format))?;
    let request = Node::Fields(vec![
        ("service_request_id", Node::text(taken.view()["complaint_id"].as_str().map(str::to_owned))),
        ("service_notice", Node::Nothing),
        ("account_id", Node::Nothing),
    ]);
    // The standard answers 200, or 201 to those who look.
    Ok(format.answer(StatusCode::CREATED, "service_requests", &Node::List("request", vec![request])))
}

async fn authorised(app: &App, office: contracts::OfficeId, key: Option<&str>, format: Format) -> Result<Key, Failure> {
    let refuse = |what: &str| Failure { format, status: StatusCode::FORBIDDEN, errors: vec![what.to_owned()] };
    let key = key.ok_or_else(|| refuse("api_key is required: the office's administrators give keys"))?;
    let mut tx = app.ctx.db.office(office).await?;
    let found = keys::store::find(&mut tx, office, &keys::digest(key)).await?;
    tx.commit().await?;
    found.ok_or_else(|| refuse("api_key is not known, or was revoked"))
}

fn describe(form: &Form, body: &mut CreateComplaint, errors: &mut Vec<String>) {
    let description = form.get("description").unwrap_or_default();
    if description.is_empty() {
        errors.push("description is required".to_owned());
    } else if description.chars().count() > LONGEST {
        errors.push(format!("description has more than {LONGEST} characters"));
    }
    description.clone_into(&mut body.deskripsi);
    if form.get("media_url").is_some() {
        errors.push("media_url: files of other places are not fetched; leave it out".to_owned());
    }
}

/// Coordinates, or an address, or both.
fn locate(form: &Form, body: &mut CreateComplaint, errors: &mut Vec<String>) {
    let mut coordinate = |name: &str, most: f64| {
        let text = form.get(name)?;
        let number = text.parse::<f64>().ok().filter(|number| number.abs() <= most);
        if number.is_none() {
            errors.push(format!("{name} must be a number between -{most} and {most}"));
        }
        number
    };
    (body.lat, body.lng) = (coordinate("lat", 90.0), coordinate("long", 180.0));
    let pin = body.lat.zip(body.lng);
    if body.lat.is_some() != body.lng.is_some() {
        errors.push("lat and long go together".to_owned());
    }
    match (form.get("address_string"), pin) {
        (Some(address), _) => address.clone_into(&mut body.alamat),
        (None, Some((lat, lng))) => body.alamat = format!("Titik peta {lat:.6}, {lng:.6}"),
        (None, None) if form.get("address_id").is_some() => {
            errors.push("address_id is not known here: give lat and long, or address_string".to_owned());
        }
        (None, None) => errors.push("give lat and long, or address_string".to_owned()),
    }
}

/// The attributes as the category's answers. What does not fit is told by the check of complaints.
fn answers(form: &Form, asked: &[CategoryField], errors: &mut Vec<String>) -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::new();
    for (code, value) in form.attributes() {
        let Some(field) = asked.iter().find(|field| field.field == code) else {
            errors.push(format!("attribute[{code}] is not asked by this service"));
            continue;
        };
        let answer = match field.kind {
            FieldKind::Number => value.parse::<f64>().ok().map(Value::from),
            FieldKind::YesNo => match value {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            FieldKind::Date => Some(value.get(..10).unwrap_or(value).into()),
            FieldKind::Text | FieldKind::Choice => Some(value.into()),
        };
        match answer {
            Some(answer) => {
                answers.insert(code.to_owned(), answer);
            }
            None => errors.push(format!("attribute[{code}] does not fit its datatype")),
        }
    }
    for field in asked.iter().filter(|field| field.required && !answers.contains_key(&field.field)) {
        errors.push(format!("attribute[{}] is required", field.field));
    }
    answers
}

/// What complaints themselves refuse, in the standard's words.
fn refused(problem: &platform::http::Problem, format: Format) -> Failure {
    let body = problem.body();
    let named = body.errors.iter().map(|error| {
        let field = match error.field.as_str() {
            "alamat" => "address_string",
            "deskripsi" => "description",
            "wa_user_id" => "phone",
            "lng" => "long",
            "kategori" => "service_code",
            other => other,
        };
        format!("{field} {}", error.message)
    });
    let mut errors: Vec<String> = named.collect();
    if errors.is_empty() {
        errors.push(body.detail.clone().unwrap_or_else(|| body.title.clone()));
    }
    Failure { format, status: problem.status(), errors }
}
