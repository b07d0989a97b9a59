//! The page: phone on the left, what happens behind on the right. Plain files, compiled in, nothing from outside.

use axum::http::header;
use axum::response::{IntoResponse, Response};

const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'self'";

pub async fn index() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("index.html")).into_response()
}

pub async fn phone_script() -> Response {
    script(include_str!("phone.js"))
}

pub async fn trace_script() -> Response {
    script(include_str!("trace.js"))
}

pub async fn words_script() -> Response {
    script(include_str!("words.js"))
}

pub async fn samples_script() -> Response {
    script(include_str!("samples.js"))
}

fn script(source: &'static str) -> Response {
    file("text/javascript; charset=utf-8", source.as_bytes())
}

pub async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("style.css").as_bytes())
}

/// A spoken complaint in Indonesian (synthetic voice): Ogg Opus, as WhatsApp's voice notes are.
pub async fn voice_note() -> Response {
    file("audio/ogg; codecs=opus", include_bytes!("../../assets/voice-note.ogg"))
}

fn file(kind: &'static str, content: &'static [u8]) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content).into_response()
}
