//! Files of ours go to WhatsApp before the message that names them; what WhatsApp calls them is remembered.

use std::time::Duration;

use chrono::{DateTime, Duration as Span, Utc};
use contracts::{ConversationId, MessageId, OfficeId};
use platform::Tx;
use platform::outbox::AppendError;
use platform::storage::{Key, StorageError};
use serde_json::{Value, json};
use tracing::debug;
use uuid::Uuid;

use super::graph::Answer;
use super::settle;
use super::store;
use crate::App;
use crate::messages::limits;
use crate::numbers::Number;

/// WhatsApp keeps an uploaded file for 30 days; the last one is left to the message's own way.
const KEPT: Span = Span::days(29);

/// A file that WhatsApp does not have yet.
#[derive(Debug)]
pub struct Missing {
    pub message: MessageId,
    pub conversation: ConversationId,
    pub office: OfficeId,
    pub number: Number,
    pub kind: String,
    pub key: Key,
    pub mime_type: String,
    pub filename: Option<String>,
    /// How often its message was refused before.
    pub refusals: i32,
}

/// Where a message names its file.
fn places(kind: &str) -> Vec<(String, String)> {
    match kind {
        "image" | "video" | "audio" | "document" | "sticker" => vec![(kind.to_owned(), format!("/{kind}"))],
        "interactive" => ["image", "video", "document"]
            .into_iter()
            .map(|kind| (kind.to_owned(), format!("/interactive/header/{kind}")))
            .collect(),
        _ => Vec::new(),
    }
}

/// Puts WhatsApp's ids in the place of ours. Answers the first file that it does not have yet, or why one can't be sent.
pub async fn resolve(
    tx: &mut Tx,
    number: &Number,
    kind: &str,
    payload: &mut Value,
    now: DateTime<Utc>,
) -> Result<Result<Option<Missing>, &'static str>, sqlx::Error> {
    for (kind, pointer) in places(kind) {
        let Some(file) = payload.pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        let word = |key: &str| file.get(key).and_then(Value::as_str).map(str::to_owned);
        let source = match (word("media_id"), word("key")) {
            (Some(id), _) => match id.parse::<Uuid>() {
                Ok(id) => store::media_source(tx, number.office, id).await?,
                Err(_) => None,
            },
            (None, Some(key)) => Some((key, word("mime_type").unwrap_or_default(), word("filename"))),
            (None, None) => continue,
        };
        let Some((key, mime_type, filename)) = source else {
            return Ok(Err("Berkas tidak ditemukan atau sudah dihapus."));
        };
        let Some(key) = key.parse::<Key>().ok().filter(|key| key.is_of(number.office)) else {
            return Ok(Err("Berkas ini bukan milik kantor."));
        };
        if !limits::file_fits(&kind, &mime_type) {
            return Ok(Err("WhatsApp tidak menerima jenis berkas ini; kirim sebagai dokumen."));
        }
        let known = store::upload(tx, number.office, &number.phone_number_id.0, key.as_str(), now - KEPT).await?;
        let Some(graph_id) = known else {
            return Ok(Ok(Some(Missing {
                message: MessageId(Uuid::nil()),
                conversation: ConversationId(Uuid::nil()),
                office: number.office,
                number: number.clone(),
                kind,
                key,
                mime_type,
                filename,
                refusals: 0,
            })));
        };
        for ours in ["media_id", "key", "mime_type"] {
            file.remove(ours);
        }
        file.insert("id".to_owned(), graph_id.into());
        if let Some(filename) = filename.filter(|_| kind == "document") {
            file.entry("filename").or_insert_with(|| filename.into());
        }
    }
    Ok(Ok(None))
}

/// Uploads the file. `true`: its message may be claimed now; `false`: the message waits or has failed, and says why.
pub async fn upload(app: &App, missing: &Missing) -> Result<bool, AppendError> {
    let number = &missing.number.phone_number_id.0;
    let answer = match hand_over(app, missing).await {
        Ok(answer) => answer,
        Err(StorageError::Unavailable(error)) => Answer::Unreached(format!("the file storage: {error}")),
        Err(error) => {
            let title = match error {
                StorageError::TooLarge { limit } => {
                    format!("Berkas terlalu besar untuk WhatsApp (paling besar {} MB).", limit >> 20)
                }
                _ => "Berkas tidak ditemukan atau sudah dihapus.".to_owned(),
            };
            settle::fail_unclaimed(app, missing, &json!([{"title": title}])).await?;
            return Ok(false);
        }
    };
    match answer {
        Answer::Accepted { wamid: graph_id } => {
            let mut tx = app.ctx.db.office(missing.office).await?;
            let now = app.ctx.clock.now();
            store::keep_upload(&mut tx, missing.office, number, missing.key.as_str(), &graph_id, now).await?;
            tx.commit().await?;
            Ok(true)
        }
        // An upload may be done twice without anybody seeing it.
        Answer::Unknown(why) | Answer::Unreached(why) => {
            debug!(why, "a file was not uploaded");
            settle::postpone_unclaimed(app, missing, Duration::from_secs(15), false).await?;
            Ok(false)
        }
        Answer::Refused { code, subcode, error } => {
            settle::refuse_unclaimed(app, missing, code, subcode, &error).await?;
            Ok(false)
        }
    }
}

async fn hand_over(app: &App, missing: &Missing) -> Result<Answer, StorageError> {
    let size = app.storage.size(&missing.key).await?;
    let limit = limits::most_bytes(&missing.kind);
    if size > limit {
        return Err(StorageError::TooLarge { limit });
    }
    let Ok(token) = app.numbers.token(&missing.number) else {
        return Ok(Answer::Refused {
            code: 190,
            subcode: None,
            error: json!({"code": 190, "title": "the stored token can't be read"}),
        });
    };
    let bytes = app.storage.range(&missing.key, 0..size).await?;
    let filename = missing.filename.as_deref().unwrap_or("file");
    Ok(app.graph.upload(&missing.number.phone_number_id.0, &token, bytes, size, &missing.mime_type, filename).await)
}
