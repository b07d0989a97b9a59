//! A Graph API that has files, honest and otherwise, and an assistant that can hear or can't.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use channel_service::{ChannelService, Driver, MIGRATOR};
use futures_util::stream;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::Test;

use crate::graph::serve;
use crate::stage::{Stage, config};

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR picture picture picture";

/// What lies behind an id.
#[derive(Clone, Default)]
pub struct File {
    pub bytes: Bytes,
    pub mime: String,
    /// Another address than our own.
    pub url: Option<String>,
    pub sha256: Option<String>,
    /// Answers before the bytes come: the status of the address.
    pub stale: u32,
}

/// The files, and who asked for what with which token.
#[derive(Clone, Default)]
pub struct Shelf {
    files: Arc<Mutex<HashMap<String, File>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// Where it stands.
    home: Arc<Mutex<String>>,
    /// What the assistant hears; `None`: it has no trusted provider.
    hears: Arc<Mutex<Option<String>>>,
}

impl Shelf {
    pub fn put(&self, id: &str, file: File) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), file);
    }

    pub fn remove(&self, id: &str) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub fn png(&self, id: &str) {
        self.put(id, File { bytes: Bytes::from_static(PNG), mime: "image/png".to_owned(), ..File::default() });
    }

    /// The address of a file, as a message may bring it along.
    pub fn address(&self, id: &str) -> String {
        let home = self.home.lock().unwrap_or_else(PoisonError::into_inner).clone();
        format!("{}/files/{id}", home.trim_end_matches('/'))
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn hears(&self, words: &str) {
        *self.hears.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.to_owned());
    }

    fn note(&self, what: String) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    fn file(&self, id: &str) -> Option<File> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/{version}/{id}", get(node))
            .route("/files/{id}", get(bytes))
            .route("/internal/transcriptions", post(hear))
            .with_state(self.clone())
    }
}

async fn node(State(shelf): State<Shelf>, Path((_, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    shelf.note(format!("node {id}"));
    let Some(file) = shelf.file(&id) else {
        let error = json!({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}});
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    };
    let host = headers[header::HOST].to_str().expect("a host").to_owned();
    let sha256 = file.sha256.unwrap_or_else(|| hex::encode(Sha256::digest(&file.bytes)));
    let url = file.url.unwrap_or_else(|| format!("http://{host}/files/{id}"));
    Json(json!({"url": url, "mime_type": file.mime, "sha256": sha256, "file_size": file.bytes.len().to_string(), "id": id, "messaging_product": "whatsapp"}))
        .into_response()
}

async fn bytes(State(shelf): State<Shelf>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|token| token.to_str().ok()).unwrap_or("none").to_owned();
    shelf.note(format!("file {id} with {token}"));
    let Some(file) = shelf.file(&id) else { return StatusCode::NOT_FOUND.into_response() };
    if file.stale > 0 {
        shelf.put(&id, File { stale: file.stale - 1, ..file });
        return StatusCode::NOT_FOUND.into_response();
    }
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        file.bytes.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(stream::iter(pieces)).into_response()
}

async fn hear(State(shelf): State<Shelf>, Json(asked): Json<Value>) -> Response {
    shelf.note(format!("hear {}", asked["mime_type"].as_str().unwrap_or_default()));
    let heard = shelf.hears.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match heard {
        Some(text) => Json(json!({"text": text, "provider": "test"})).into_response(),
        None => (StatusCode::CONFLICT, Json(json!({"type": "x", "title": "no trusted provider", "status": 409})))
            .into_response(),
    }
}

impl Stage {
    /// With a shelf of files at the Graph API and an assistant beside it.
    pub async fn with_files() -> (Self, Shelf) {
        let test = Test::without_broker("channel-service", &MIGRATOR).await;
        let shelf = Shelf::default();
        let url = serve(&test, shelf.router()).await;
        *shelf.home.lock().unwrap_or_else(PoisonError::into_inner) = url.to_string();
        let config =
            channel_service::Config { ai_service_url: url.clone(), media_max_bytes: 1_000_000, ..config(&url) };
        let (driver, service) = Driver::build(test.ctx.clone(), config).await.expect("a service");
        let api = test.api::<ChannelService>(service);
        (Self { test, api, driver }, shelf)
    }

    /// Fetches until there is nothing to fetch now.
    pub async fn fetch(&self) {
        while self.driver.media().await.expect("a round") > 0 {}
    }
}
