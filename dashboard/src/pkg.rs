//! The browser half's files under `/pkg`, and the few that the binary brings itself.
//!
//! Addresses carry a version (a hash of the files), so that browsers keep them for good and never mix two builds.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;
use tracing::{info, warn};

const STYLE: &str = include_str!("../style/main.css");
const FAVICON: &str = include_str!("../style/favicon.svg");
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// What is there, and in which version. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pkg(Arc<Found>);

#[derive(Debug)]
struct Found {
    folder: std::path::PathBuf,
    version: String,
    browser_half: bool,
}

impl Pkg {
    /// Looks what the site folder holds.
    pub fn find(site_root: &Path) -> Self {
        let folder = site_root.join("pkg");
        let mut hash = Sha256::new();
        hash.update(std::fs::read(folder.join("dashboard.css")).unwrap_or_else(|_| STYLE.as_bytes().to_vec()));
        let mut browser_half = true;
        for name in ["dashboard.js", "dashboard_bg.wasm"] {
            match std::fs::read(folder.join(name)) {
                Ok(bytes) => hash.update(&bytes),
                Err(error) => {
                    browser_half = false;
                    warn!(file = %folder.join(name).display(), %error, "no browser half: pages are served without it");
                    break;
                }
            }
        }
        let version = hex::encode(&hash.finalize()[..6]);
        info!(version, browser_half, "the site folder was read");
        Self(Arc::new(Found { folder, version, browser_half }))
    }

    /// Whether there is something to hydrate with.
    pub fn has_browser_half(&self) -> bool {
        self.0.browser_half
    }

    /// A file's address, with its version.
    pub fn href(&self, name: &str) -> String {
        format!("/pkg/{name}?v={}", self.0.version)
    }

    /// The routes.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        // Without a site folder the style comes from the binary, so that pages are never bare.
        let own = Router::new()
            .route("/dashboard.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
            .fallback(|| async { StatusCode::NOT_FOUND });
        let files = ServeDir::new(&self.0.folder).precompressed_br().precompressed_gzip().fallback(own);
        Router::new()
            .nest_service("/pkg", files)
            .layer(from_fn(keep))
            .route("/favicon.svg", get(|| async { ([(header::CONTENT_TYPE, "image/svg+xml")], FAVICON) }))
    }
}

/// A versioned address never changes what it means; an unversioned one may.
async fn keep(request: Request, next: Next) -> Response {
    let versioned = request.uri().query().is_some_and(|query| query.starts_with("v="));
    let mut response = next.run(request).await.into_response();
    if response.status().is_success() {
        let value = if versioned { FOR_GOOD } else { ASK_FIRST };
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}
