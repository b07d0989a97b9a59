//! `GET /documents/{id}/file`: the file, for who is signed in to an office that may read it. Always as an attachment of no
//! type, so that nothing in it is ever shown or run on our own address.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::DocumentId;
use http::header;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::http::{Path, Problem};
use platform::storage::Key;

use super::store;
use crate::Server;
use crate::sessions::http::SessionState;

/// The bytes.
pub async fn download(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Path(id): Path<DocumentId>,
) -> Result<Response, Problem> {
    let signed = match state {
        SessionState::Signed(signed) => signed,
        SessionState::Nobody => return Err(Problem::unauthorized("sign in first")),
        SessionState::Unavailable => return Err(Problem::unavailable("the database is away: try again later")),
    };
    let office = signed.viewer.office.office_id;
    let mut tx = server.ctx.db.office(office).await?;
    let document = store::find(&mut tx, office, id).await?;
    tx.commit().await?;
    let file =
        document.and_then(|document| document.file).ok_or_else(|| Problem::not_found("there is no such file"))?;
    let key: Key = file.key.parse().map_err(|_| Problem::not_found("there is no such file"))?;
    let size = server.storage.size(&key).await?;
    let bytes = server.storage.range(&key, 0..size).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}

/// `attachment`, with the name in ASCII for old clients and whole for the others.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_can_not_leave_its_quotes() {
        assert_eq!(
            disposition("a\";x=é.pdf"),
            "attachment; filename=\"a__x__.pdf\"; filename*=UTF-8''a%22%3Bx%3D%C3%A9%2Epdf"
        );
    }
}
