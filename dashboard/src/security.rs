//! What protects pages in the browser: headers on every answer, and a check that changes come from our own pages.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Plain forms go back to the page that they were on; nobody else learns which one that was.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// The policy of a page whose inline scripts carry this nonce.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Headers for everything; answers that are no pages may load nothing at all.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing =
            HeaderValue::from_static("default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
    response
}

/// Refuses changes that another site's page asks for. Every browser says where a POST comes from; a caller that says
/// nothing is no browser and brings no cookie by itself.
pub async fn own_pages_only(request: Request, next: Next) -> Response {
    if is_safe(request.method()) || comes_from_us(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "this change was asked for by another site").into_response()
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn comes_from_us(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (headers.get(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.to_str().is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, authority)| authority == host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn another_sites_form_is_refused() {
        assert!(!comes_from_us(&with(&[
            ("sec-fetch-site", "cross-site"),
            ("host", "a.id"),
            ("origin", "https://a.id")
        ])));
        assert!(!comes_from_us(&with(&[("sec-fetch-site", "same-site")])));
        assert!(!comes_from_us(&with(&[("host", "dasbor.example"), ("origin", "https://evil.example")])));
        assert!(!comes_from_us(&with(&[("host", "dasbor.example"), ("origin", "null")])));
    }

    #[test]
    fn our_own_forms_and_plain_clients_pass() {
        assert!(comes_from_us(&with(&[("sec-fetch-site", "same-origin")])));
        assert!(comes_from_us(&with(&[("host", "127.0.0.1:3000"), ("origin", "http://127.0.0.1:3000")])));
        assert!(comes_from_us(&with(&[("host", "127.0.0.1:3000")])));
    }
}
