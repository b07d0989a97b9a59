//! `services`: the categories, and what each asks.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use contracts::OfficeId;
use contracts::category::{CategoryField, FieldKind};
use contracts::dto::case::CategoryView;

use super::discovery::Asked;
use super::render::{Failure, Format, Node};
use super::{file, limits, office};
use crate::App;
use crate::categories;

/// The categories that the office takes complaints about.
pub async fn list(
    State(app): State<App>,
    Path(format): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let format = Format::from_word(&format).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let all = open(&app, &asked, format).await.map_err(|failure| failure.in_format(format))?.1;
    let service = |category: &CategoryView| {
        Node::Fields(vec![
            ("service_code", Node::Text(category.kategori.0.clone())),
            ("service_name", Node::Text(category.name.clone())),
            ("description", Node::Text(category.name.clone())),
            ("metadata", Node::Bool(!category.fields.is_empty())),
            ("type", Node::Text("realtime".to_owned())),
            ("keywords", Node::Text(category.kategori.0.replace('_', ","))),
            ("group", Node::Text("Pengaduan".to_owned())),
        ])
    };
    let node = Node::List("service", all.iter().map(service).collect());
    Ok(format.answer(StatusCode::OK, "services", &node))
}

/// What one category asks.
pub async fn definition(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (code, format) = file(&name).ok_or_else(|| Format::Xml.not_found("only .xml and .json are there"))?;
    let all = open(&app, &asked, format).await.map_err(|failure| failure.in_format(format))?.1;
    let category = all
        .iter()
        .find(|category| category.kategori.0 == code)
        .ok_or_else(|| format.not_found("service_code was not found"))?;
    let attributes = category.fields.iter().enumerate().map(|(n, field)| attribute(n, field)).collect();
    let node = Node::Fields(vec![
        ("service_code", Node::Text(category.kategori.0.clone())),
        ("attributes", Node::List("attribute", attributes)),
    ]);
    Ok(format.answer(StatusCode::OK, "service_definition", &node))
}

/// The office's open categories.
pub async fn open(app: &App, asked: &Asked, format: Format) -> Result<(OfficeId, Vec<CategoryView>), Failure> {
    let office = office(app, asked.jurisdiction_id.as_deref(), format).await?.office_id;
    limits::without_key(app, office, format)?;
    let mut tx = app.ctx.db.office(office).await?;
    let mut all = categories::store::list(&app.ctx, &mut tx, office).await?;
    tx.commit().await?;
    app.ctx.outbox.wake();
    all.retain(|category| category.active);
    Ok((office, all))
}

fn attribute(n: usize, field: &CategoryField) -> Node {
    let (datatype, hint) = match field.kind {
        FieldKind::Text => ("string", ""),
        FieldKind::Number => ("number", "a number"),
        FieldKind::Date => ("datetime", "YYYY-MM-DD"),
        FieldKind::Choice | FieldKind::YesNo => ("singlevaluelist", "one of the keys"),
    };
    let value = |key: &str, name: &str| {
        Node::Fields(vec![("key", Node::Text(key.to_owned())), ("name", Node::Text(name.to_owned()))])
    };
    let mut fields = vec![
        ("variable", Node::Bool(true)),
        ("code", Node::Text(field.field.clone())),
        ("datatype", Node::Text(datatype.to_owned())),
        ("required", Node::Bool(field.required)),
        ("datatype_description", Node::Text(hint.to_owned())),
        ("order", Node::Text((n + 1).to_string())),
        ("description", Node::Text(field.question.clone())),
    ];
    let values: Vec<Node> = match field.kind {
        FieldKind::Choice => field.choices.iter().map(|choice| value(&choice.key, &choice.label)).collect(),
        FieldKind::YesNo => vec![value("true", "Ya"), value("false", "Tidak")],
        _ => Vec::new(),
    };
    if !values.is_empty() {
        fields.push(("values", Node::List("value", values)));
    }
    Node::Fields(fields)
}
