//! A file on its way in: piece by piece from the form to the shared storage, under a key of ours.
//!
//! What must stay true: its size in memory does not depend on the file's, nothing of the name becomes part of a path, and
//! a file that no document took is removed again.

use axum::extract::Multipart;
use axum::extract::multipart::Field;
use bytes::Bytes;
use chrono::Duration;
use platform::storage::{Key, StorageError, Stored};

use super::file::{FileKind, LARGEST, clean_name, title_from};
use super::refusal::{Flaw, Refusal};
use super::removals;
use super::{AREA, Author, File, LONGEST_TITLE};
use crate::Server;

/// What the whole form may hold: the file, and the few words beside it.
pub const LARGEST_FORM: usize = 21 * 1024 * 1024;
/// A form's words.
const LONGEST_FIELD: usize = 4 * 1024;
/// An upload that no document took until then is removed.
const KEPT_FOR: Duration = Duration::hours(1);

/// A file that is in the storage, and what was said about it.
#[derive(Debug)]
pub struct Arrived {
    pub title: String,
    pub shared: bool,
    pub key: Key,
    pub file: File,
    pub sha256: [u8; 32],
}

/// A text that came as JSON.
#[derive(Debug)]
pub struct Written<'a> {
    pub title: &'a str,
    pub file_name: &'a str,
    pub content: String,
    pub shared: bool,
}

/// Reads the form `title?`, `shared?`, `file`.
pub async fn receive(server: &Server, author: &Author, mut form: Multipart) -> Result<Arrived, Refusal> {
    let (mut title, mut shared, mut stored) = (String::new(), false, None);
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        match field.name() {
            Some("title") => title = words(&mut field).await?,
            Some("shared") => shared = matches!(words(&mut field).await?.as_str(), "on" | "true" | "1"),
            Some("file") if stored.is_none() => {
                let name = clean_name(field.file_name().unwrap_or_default());
                stored = Some((store_file(server, author, &name, pieces(field)).await?, name));
            }
            _ => {}
        }
    }
    let Some(((key, file, sha256), name)) = stored else { return Err(no_file()) };
    let title = title_of(&title, &name);
    let arrived = Arrived { title, shared, key, file, sha256 };
    match check_title(&arrived.title) {
        Ok(()) => Ok(arrived),
        Err(flaw) => Err(Refusal::Flawed(vec![flaw])),
    }
}

/// Keeps a text as a file, so that it is read, replaced and downloaded like any other.
pub async fn keep_text(server: &Server, author: &Author, written: Written<'_>) -> Result<Arrived, Refusal> {
    let name = clean_name(written.file_name);
    let title = title_of(written.title, &name);
    check_title(&title).map_err(|flaw| Refusal::Flawed(vec![flaw]))?;
    let piece: Result<Bytes, std::io::Error> = Ok(written.content.into());
    let (key, file, sha256) = store_file(server, author, &name, futures_util::stream::iter([piece])).await?;
    Ok(Arrived { title, shared: written.shared, key, file, sha256 })
}

async fn store_file<S, E>(
    server: &Server,
    author: &Author,
    name: &str,
    pieces: S,
) -> Result<(Key, File, [u8; 32]), Refusal>
where
    S: futures_util::Stream<Item = Result<Bytes, E>> + Send,
    E: Into<anyhow::Error>,
{
    // Before a byte is written: nobody but us knows the key.
    let now = server.ctx.clock.now();
    let key = Key::new(AREA, author.office, now);
    let mut tx = server.ctx.db.office(author.office).await?;
    removals::store::discard(&mut tx, author.office, key.as_str(), now + KEPT_FOR).await?;
    tx.commit().await?;

    let stored = server.storage.put_stream(&key, pieces, LARGEST).await;
    let taken = stored.map_err(explain).and_then(|stored| read(name, &key, &stored));
    if taken.is_err() {
        let mut tx = server.ctx.db.office(author.office).await?;
        removals::store::discard(&mut tx, author.office, key.as_str(), now).await?;
        tx.commit().await?;
        server.removals.wake();
    }
    let (file, sha256) = taken?;
    Ok((key, file, sha256))
}

/// Looks whether the file is one that is taken.
fn read(name: &str, key: &Key, stored: &Stored) -> Result<(File, [u8; 32]), Refusal> {
    let kind =
        FileKind::read(name, &stored.head).map_err(|error| Refusal::flaw("file", error.to_string(), error.said()))?;
    let file = File {
        key: key.to_string(),
        name: name.to_owned(),
        mime_type: kind.mime_type().to_owned(),
        size: i64::try_from(stored.size).unwrap_or(i64::MAX),
    };
    Ok((file, stored.sha256))
}

fn pieces(
    field: Field<'_>,
) -> impl futures_util::Stream<Item = Result<Bytes, axum::extract::multipart::MultipartError>> + Send {
    field
}

async fn words(field: &mut Field<'_>) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + piece.len() > LONGEST_FIELD {
            return Err(Refusal::flaw("title", "is too long", "Judulnya terlalu panjang."));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn title_of(title: &str, name: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() { title_from(name) } else { title }
}

fn check_title(title: &str) -> Result<(), Flaw> {
    let said = format!("Judul harus berisi 1 sampai {LONGEST_TITLE} karakter.");
    let good = (1..=LONGEST_TITLE).contains(&title.chars().count()) && !title.contains('\0');
    if good { Ok(()) } else { Err(Flaw::new("title", format!("must have 1 to {LONGEST_TITLE} characters"), said)) }
}

fn no_file() -> Refusal {
    Refusal::flaw("file", "is missing", "Pilih berkas yang akan diunggah.")
}

fn too_large() -> Refusal {
    let megabytes = LARGEST / 1024 / 1024;
    Refusal::flaw(
        "file",
        format!("must have at most {LARGEST} bytes"),
        format!(
            "Berkas lebih besar dari {megabytes} MB. Perkecil atau pecah menjadi beberapa bagian, lalu unggah lagi."
        ),
    )
}

fn explain(error: StorageError) -> Refusal {
    match error {
        StorageError::TooLarge { .. } => too_large(),
        StorageError::Source(source) => match source.downcast_ref::<axum::extract::multipart::MultipartError>() {
            Some(error) => broken(error),
            None => Refusal::Interrupted,
        },
        other => other.into(),
    }
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Refusal {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { Refusal::Interrupted }
}
