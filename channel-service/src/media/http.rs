//! `GET /internal/media/{id}`: the bytes, or a part of them, never as something that a browser runs.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::message::MediaState;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_range_header::parse_range_header;
use platform::http::auth::Office;
use platform::http::{Path, Problem};
use platform::storage::Key;
use uuid::Uuid;

use super::sniff;
use super::store::{self, Served};
use crate::App;

/// The bytes of a file.
#[utoipa::path(get, path = "/internal/media/{id}", tag = "media", params(("id" = String, Path)),
    responses((status = 200, description = "The bytes"), (status = 206, description = "A part of them"),
        (status = 404, description = "No such file, or not fetched yet; the answer says which"), (status = 416)))]
pub async fn get(
    State(app): State<App>,
    Office(office): Office,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let file = store::find(&mut tx, office, id).await?;
    tx.commit().await?;
    let file = file.ok_or_else(|| Problem::not_found("there is no such file"))?;
    let key = file.key.as_deref().and_then(|key| key.parse::<Key>().ok()).filter(|key| key.is_of(office));
    let (Some(key), MediaState::Stored) = (key, file.state) else {
        let why = file.reason.unwrap_or_else(|| format!("the file is {}", file.state.as_str()));
        return Err(Problem::not_found("the file has no bytes here").detail(why).kind("media-not-stored"));
    };
    let size = match file.size.and_then(|size| u64::try_from(size).ok()) {
        Some(size) => size,
        None => app.storage.size(&key).await?,
    };
    let etag = format!("\"{}\"", hex::encode(file.sha256.clone().unwrap_or_default()));
    let part = match range(&headers, &etag, size) {
        Wanted::Whole => 0..size,
        Wanted::Part(part) => part,
        Wanted::Nothing => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            response.headers_mut().insert(header::CONTENT_RANGE, value(&format!("bytes */{size}")));
            return Ok(response);
        }
    };
    let whole = part.end - part.start == size;
    let mut response = Body::from_stream(app.storage.range(&key, part.clone()).await?).into_response();
    if !whole {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, value(&range));
    }
    dress(response.headers_mut(), &file, &etag, part.end - part.start);
    Ok(response)
}

/// The headers of a file that somebody unknown has sent.
fn dress(headers: &mut HeaderMap, file: &Served, etag: &str, length: u64) {
    let mime = file.mime_type.as_deref().filter(|mime| sniff::is_shown(mime));
    headers.insert(header::CONTENT_TYPE, value(mime.unwrap_or(sniff::OPAQUE)));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(etag));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    let how = if mime.is_some() { "inline" } else { "attachment" };
    let name =
        file.filename.as_deref().map(safe_name).filter(|name| !name.is_empty()).unwrap_or_else(|| "berkas".to_owned());
    headers.insert(header::CONTENT_DISPOSITION, value(&format!("{how}; filename=\"{name}\"")));
}

/// Letters, digits and a few marks, as much as a name needs: no path, no quotes, no line ends, nothing hidden.
fn safe_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')') { c } else { '_' })
        .take(100)
        .collect();
    kept.trim_matches([' ', '.']).to_owned()
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// What a caller wants of a file.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(std::ops::Range<u64>),
    /// A part that is not there.
    Nothing,
}

/// One range is served; several are answered with the whole, as the standard allows.
fn range(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else { return Wanted::Whole };
    // The part of another version would not fit what the caller has.
    if headers.get(header::IF_RANGE).is_some_and(|known| known.as_bytes() != etag.as_bytes()) {
        return Wanted::Whole;
    }
    let Ok(parsed) = parse_range_header(range) else {
        return if range.starts_with("bytes=") { Wanted::Nothing } else { Wanted::Whole };
    };
    match parsed.validate(size) {
        Ok(ranges) => match ranges.as_slice() {
            [one] => Wanted::Part(*one.start()..*one.end() + 1),
            _ => Wanted::Whole,
        },
        Err(_) => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range_header: &str, if_range: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value(range_header));
        if let Some(known) = if_range {
            headers.insert(header::IF_RANGE, value(known));
        }
        range(&headers, "\"abc\"", 10)
    }

    #[test]
    fn ranges_are_what_they_ask_for() {
        assert_eq!(asked("bytes=0-3", None), Wanted::Part(0..4));
        assert_eq!(asked("bytes=4-", None), Wanted::Part(4..10));
        assert_eq!(asked("bytes=-2", None), Wanted::Part(8..10));
        assert_eq!(asked("bytes=0-0", Some("\"abc\"")), Wanted::Part(0..1));
        assert_eq!(asked("bytes=0-3", Some("\"old\"")), Wanted::Whole);
        assert_eq!(asked("bytes=10-", None), Wanted::Nothing);
        assert_eq!(asked("bytes=x", None), Wanted::Nothing);
        assert_eq!(asked("lines=1-2", None), Wanted::Whole);
    }

    #[test]
    fn names_from_outside_lead_nowhere() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("C:\\x\\surat (1).pdf"), "surat (1).pdf");
        assert_eq!(safe_name("a\"\r\nSet-Cookie: x"), "a___Set-Cookie_ x");
        assert_eq!(safe_name("..."), "");
        assert_eq!(safe_name("фото.png"), "____.png");
    }
}
