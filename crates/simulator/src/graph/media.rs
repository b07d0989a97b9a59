//! Media: upload, look up, download, delete. Addresses live five minutes and want the bearer token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::access;
use super::errors::GraphError;
use crate::state::world::Media;
use crate::state::{App, Shared};

const URL_LIVES_MS: i64 = 5 * 60_000;

/// The MIME types of each kind, and the largest file in bytes.
const KINDS: &[(&str, &[&str], usize)] = &[
    ("audio", &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"], 16 << 20),
    ("image", &["image/jpeg", "image/png"], 5 << 20),
    ("sticker", &["image/webp"], 500 << 10),
    ("video", &["video/mp4", "video/3gpp"], 16 << 20),
];

const DOCUMENTS: &[&str] = &[
    "text/plain",
    "application/pdf",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// The type without its parameters: `audio/ogg; codecs=opus` is `audio/ogg`.
fn essence(mime: &str) -> &str {
    mime.split(';').next().unwrap_or_default().trim()
}

/// Whether a file of this type may go out as this kind; a document may be anything.
pub fn fits(kind: &str, mime: &str) -> bool {
    kind == "document" || KINDS.iter().any(|(name, types, _)| *name == kind && types.contains(&essence(mime)))
}

pub fn new_id() -> String {
    format!("{}", 1_000_000_000_000_000 + rand::random::<u64>() % 9_000_000_000_000_000)
}

pub async fn upload(
    State(app): State<Shared>,
    Path((version, phone_number_id)): Path<(String, String)>,
    headers: HeaderMap,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let outcome = async {
        access::version(&version)?;
        access::token(&app, &headers)?;
        access::number(&app, "post", &phone_number_id)?;
        let form = multipart.map_err(|_| GraphError::parameter("The parameter file is required."))?;
        let media = read_form(&app, form).await?;
        let id = media.id.clone();
        app.world().keep_media(media);
        Ok::<_, GraphError>(json!({"id": id}))
    }
    .await;
    let (status, answer) = outcome.map_or_else(|error| (error.status(), error.body()), |ok| (StatusCode::OK, ok));
    app.events.emit(
        "graph",
        &json!({"method": "POST", "path": format!("/{version}/{phone_number_id}/media"), "request": Value::Null,
                "status": status.as_u16(), "response": answer}),
    );
    (status, Json(answer)).into_response()
}

async fn read_form(app: &App, mut form: Multipart) -> Result<Media, GraphError> {
    let unreadable = |_| GraphError::parameter("Invalid multipart body");
    let (mut product, mut declared, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("messaging_product") => product = Some(field.text().await.map_err(unreadable)?),
            Some("type") => declared = Some(field.text().await.map_err(unreadable)?),
            Some("file") => {
                let mime = field.content_type().map(str::to_owned);
                let filename = field.file_name().map(str::to_owned);
                file = Some((mime, filename, field.bytes().await.map_err(unreadable)?));
            }
            _ => {}
        }
    }
    super::check::product(&json!({"messaging_product": product}))?;
    let Some((mime, filename, bytes)) = file else {
        return Err(GraphError::parameter("The parameter file is required."));
    };
    let mime = mime.or(declared).unwrap_or_default();
    let limit = KINDS.iter().find(|(_, types, _)| types.contains(&essence(&mime))).map(|(_, _, limit)| *limit);
    let limit = limit.or_else(|| DOCUMENTS.contains(&essence(&mime)).then_some(100 << 20)).ok_or_else(|| {
        GraphError::parameter(&format!("Param file must be a file with one of the supported types. Received: '{mime}'"))
    })?;
    if bytes.is_empty() || bytes.len() > limit {
        return Err(GraphError::of(131_053, format!("File size {} is not within 1 and {limit} bytes.", bytes.len())));
    }
    Ok(Media { id: new_id(), mime_type: mime, filename, created_ms: app.clock.now_ms(), bytes })
}

/// `GET /{version}/{id}`: a media object, or a number's public part.
pub async fn look_up(
    State(app): State<Shared>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, GraphError> {
    access::version(&version)?;
    access::token(&app, &headers)?;
    if let Ok(number) = access::number(&app, "get", &id) {
        return Ok(Json(json!({
            "id": number.phone_number_id, "verified_name": number.name,
            "display_phone_number": number.display_phone_number, "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
        })));
    }
    let media = app.world().media.get(&id).cloned().ok_or_else(|| GraphError::no_such_object("get", &id))?;
    let base = app.config.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
    let base = base.unwrap_or_else(|| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        format!("http://{host}")
    });
    Ok(Json(json!({
        "messaging_product": "whatsapp", "url": signed_url(&app, &base, &id), "mime_type": media.mime_type,
        "sha256": hex::encode(media.sha256()), "file_size": media.bytes.len(), "id": id,
    })))
}

pub async fn delete(
    State(app): State<Shared>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, GraphError> {
    access::version(&version)?;
    access::token(&app, &headers)?;
    let found = app.world().media.remove(&id);
    found.map(|_| Json(json!({"success": true}))).ok_or_else(|| GraphError::no_such_object("delete", &id))
}

/// An address as on lookaside.fbsbx.com: it carries its expiry and a seal over both.
pub fn signed_url(app: &App, base: &str, id: &str) -> String {
    let expires = (app.clock.now_ms() + URL_LIVES_MS) / 1000;
    format!("{base}/whatsapp_business/attachments/?mid={id}&ext={expires}&hash={}", seal(app, id, expires))
}

fn seal(app: &App, id: &str, expires: i64) -> String {
    let key = app.config.app_secret.expose_secret().as_bytes();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}|{expires}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[derive(Debug, Deserialize)]
pub struct Attachment {
    mid: String,
    ext: i64,
    hash: String,
}

/// The bytes behind a signed address; 404 once it expired.
pub async fn download(
    State(app): State<Shared>,
    Query(wanted): Query<Attachment>,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    access::token(&app, &headers)?;
    let alive = wanted.ext * 1000 >= app.clock.now_ms() && wanted.hash == seal(&app, &wanted.mid, wanted.ext);
    let media = alive.then(|| app.world().media.get(&wanted.mid).cloned()).flatten();
    Ok(media.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |media| bytes_of(&media)))
}

/// For the phones on the page: without a token, and never as something that a browser runs.
pub async fn show(State(app): State<Shared>, Path(id): Path<String>) -> Response {
    let media = app.world().media.get(&id).cloned();
    media.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |media| bytes_of(&media))
}

fn bytes_of(media: &Media) -> Response {
    let essence = essence(&media.mime_type);
    let shown =
        essence != "image/svg+xml" && ["image/", "audio/", "video/"].iter().any(|kind| essence.starts_with(kind));
    let disposition = if shown { "inline" } else { "attachment" };
    let kind = header::HeaderValue::from_str(&media.mime_type)
        .unwrap_or_else(|_| header::HeaderValue::from_static("application/octet-stream"));
    let mut response = Bytes::clone(&media.bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, header::HeaderValue::from_static(disposition));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}
