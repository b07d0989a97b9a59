//! SQL of media.

use chrono::{DateTime, Duration, Utc};
use contracts::message::{MediaRef, MediaState};
use contracts::{ContactId, ConversationId, MessageId, OfficeId};
use platform::Tx;
use platform::storage::Key;
use serde_json::Value;
use uuid::Uuid;

use super::NewMedia;
use super::worker::new_key;

/// A worker that died keeps others from its files for this long.
const CLAIM: Duration = Duration::minutes(12);
/// The address in a message is good for five minutes; the last one is left to the way there.
const URL_IS_FRESH: Duration = Duration::minutes(4);
/// A voice note that was asked about is asked about again after this, and twice that, and so on.
const HEAR_AGAIN: Duration = Duration::seconds(5);

/// Adds the files that messages announce.
pub async fn insert(tx: &mut Tx, media: &[NewMedia<'_>]) -> Result<(), sqlx::Error> {
    if media.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO media (id, office_id, message_id, conversation_id, contact_id, phone_number_id, kind, wa_media_id, url, declared_type,
                            declared_sha256, filename, state, reason, next_attempt_at, expires_at, created_at, transcription)
         SELECT id, office, message, conversation, contact, number, kind, wa_media, url, declared, sha256, filename, state, reason,
                CASE WHEN state = 'pending' THEN at END, expires, at, 'none'
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                     $11::bytea[], $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::timestamptz[])
              AS u(id, office, message, conversation, contact, number, kind, wa_media, url, declared, sha256, filename, state, reason, expires, at)",
        &media.iter().map(|one| one.id).collect::<Vec<_>>(),
        &media.iter().map(|one| one.office.0).collect::<Vec<_>>(),
        &media.iter().map(|one| one.message_id.0).collect::<Vec<_>>(),
        &media.iter().map(|one| one.conversation_id.0).collect::<Vec<_>>(),
        &media.iter().map(|one| one.contact_id.0).collect::<Vec<_>>(),
        &media.iter().map(|one| one.phone_number_id.to_owned()).collect::<Vec<_>>(),
        &media.iter().map(|one| stored_kind(one)).collect::<Vec<_>>(),
        &media.iter().map(|one| one.found.id.clone()).collect::<Vec<_>>() as &[Option<String>],
        &media.iter().map(|one| one.found.url.clone()).collect::<Vec<_>>() as &[Option<String>],
        &media.iter().map(|one| one.found.mime_type.clone()).collect::<Vec<_>>() as &[Option<String>],
        &media.iter().map(|one| one.found.sha256.map(|digest| digest.to_vec())).collect::<Vec<_>>() as &[Option<Vec<u8>>],
        &media.iter().map(|one| one.found.filename.clone()).collect::<Vec<_>>() as &[Option<String>],
        &media.iter().map(|one| one.state.as_str().to_owned()).collect::<Vec<_>>(),
        &media.iter().map(|one| one.reason.clone()).collect::<Vec<_>>() as &[Option<String>],
        &media.iter().map(|one| one.expires_at).collect::<Vec<_>>(),
        &media.iter().map(|one| one.now).collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A recording of the chat is a voice note, whatever WhatsApp calls it.
fn stored_kind(media: &NewMedia<'_>) -> String {
    if media.found.voice { "voice".to_owned() } else { media.kind.to_owned() }
}

/// Whether files of the turn that collects in a conversation are still on their way, or being heard. Old files that
/// were imported, or that an earlier turn did not wait for, keep nobody waiting.
pub async fn in_work(tx: &mut Tx, office: OfficeId, conversation: ConversationId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM media f JOIN messages m ON m.id = f.message_id JOIN turns t ON t.id = m.turn_id
                          WHERE f.office_id = $1 AND f.conversation_id = $2 AND t.state = 'open'
                            AND (f.state IN ('pending', 'fetching') OR f.transcription = 'pending')) AS "some!""#,
        office.0,
        conversation.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// A file to fetch, claimed.
#[derive(Debug)]
pub struct Waiting {
    pub id: Uuid,
    pub office: OfficeId,
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub phone_number_id: String,
    pub kind: String,
    pub wa_media_id: String,
    pub url: Option<String>,
    pub url_is_fresh: bool,
    pub declared_type: Option<String>,
    pub sha256: Option<[u8; 32]>,
    pub filename: Option<String>,
    pub attempts: i32,
    pub expires_at: DateTime<Utc>,
    /// Where its bytes go. Until they are its own they are to be deleted.
    pub key: Key,
}

impl Waiting {
    /// Spoken into the chat.
    pub fn is_voice_note(&self) -> bool {
        self.kind == "voice"
    }
}

/// Claims files whose time has come; a place for the bytes of each is noted as to be deleted until they are settled.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Waiting>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"UPDATE media SET state = 'fetching', attempts = attempts + 1, next_attempt_at = $2
           WHERE id IN (SELECT id FROM media WHERE state IN ('pending', 'fetching') AND next_attempt_at <= $1
                        ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING id, office_id, message_id, conversation_id, phone_number_id, kind, wa_media_id, url, declared_type, declared_sha256,
                     filename, attempts, expires_at, created_at"#,
        now,
        now + CLAIM,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    let waiting: Vec<Waiting> = rows
        .into_iter()
        .map(|row| Waiting {
            id: row.id,
            office: OfficeId(row.office_id),
            message_id: MessageId(row.message_id),
            conversation_id: ConversationId(row.conversation_id),
            phone_number_id: row.phone_number_id,
            kind: row.kind,
            wa_media_id: row.wa_media_id.unwrap_or_default(),
            url_is_fresh: row.created_at + URL_IS_FRESH > now,
            url: row.url,
            declared_type: row.declared_type,
            sha256: row.declared_sha256.and_then(|digest| digest.try_into().ok()),
            filename: row.filename,
            attempts: row.attempts,
            expires_at: row.expires_at,
            key: new_key(OfficeId(row.office_id), now),
        })
        .collect();
    let keys: Vec<(String, OfficeId)> = waiting.iter().map(|file| (file.key.to_string(), file.office)).collect();
    delete_later(tx, &keys, now + CLAIM).await?;
    Ok(waiting)
}

/// Notes bytes to be deleted after `since`.
pub async fn delete_later(tx: &mut Tx, keys: &[(String, OfficeId)], since: DateTime<Utc>) -> Result<(), sqlx::Error> {
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO media_to_delete (key, office_id, since) SELECT key, office, $3 FROM unnest($1::text[], $2::uuid[]) AS u(key, office)
         ON CONFLICT (key) DO UPDATE SET since = $3",
        &keys.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(),
        &keys.iter().map(|(_, office)| office.0).collect::<Vec<_>>(),
        since,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What became of a file.
#[derive(Debug, Clone)]
pub enum Outcome {
    Stored { mime_type: String, size: u64, sha256: [u8; 32], to_hear: bool },
    Ended { state: MediaState, reason: String },
    Later { at: DateTime<Utc> },
}

impl Outcome {
    /// For good, without bytes.
    pub fn ended(state: MediaState, reason: impl Into<String>) -> Self {
        Self::Ended { state, reason: reason.into() }
    }

    /// The word to count it under.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stored { .. } => "stored",
            Self::Ended { state, .. } => state.as_str(),
            Self::Later { .. } => "retried",
        }
    }

    /// Whether staff see a difference.
    pub fn is_news(&self) -> bool {
        !matches!(self, Self::Later { .. })
    }
}

/// Writes the outcome of a claim. `false`: the row is gone (erased), or somebody else has it now; the bytes go too.
pub async fn settle(tx: &mut Tx, file: &Waiting, outcome: &Outcome, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let (state, reason, next) = match outcome {
        Outcome::Stored { .. } => (MediaState::Stored, None, Some(now)),
        Outcome::Ended { state, reason } => (*state, Some(reason.as_str()), None),
        Outcome::Later { at } => (MediaState::Pending, None, Some(*at)),
    };
    let (mime_type, size, sha256, to_hear) = match outcome {
        Outcome::Stored { mime_type, size, sha256, to_hear } => {
            (Some(mime_type.as_str()), i64::try_from(*size).ok(), Some(&sha256[..]), *to_hear)
        }
        _ => (None, None, None, false),
    };
    let stored = state == MediaState::Stored;
    let settled = sqlx::query!(
        "UPDATE media SET state = $4, reason = $5, next_attempt_at = $6, mime_type = $7, size = $8, sha256 = $9, key = $10,
                          url = NULL, transcription = CASE WHEN $11 THEN 'pending' ELSE transcription END,
                          attempts = CASE WHEN $11 THEN 0 ELSE attempts END
         WHERE office_id = $1 AND id = $2 AND state = 'fetching' AND attempts = $3",
        file.office.0,
        file.id,
        file.attempts,
        state.as_str(),
        reason,
        next,
        mime_type,
        size,
        sha256,
        stored.then(|| file.key.as_str()),
        to_hear,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    let key = [(file.key.to_string(), file.office)];
    if settled && stored {
        sqlx::query!("DELETE FROM media_to_delete WHERE key = $1", file.key.as_str()).execute(&mut **tx).await?;
    } else {
        delete_later(tx, &key, now).await?;
    }
    if settled && outcome.is_news() {
        let shown = MediaRef {
            id: file.id.to_string(),
            mime_type: mime_type.map(str::to_owned).or_else(|| file.declared_type.clone()),
            filename: file.filename.clone(),
            key: stored.then(|| file.key.to_string()),
            state: Some(state),
            reason: reason.map(str::to_owned),
            size: size.and_then(|size| u64::try_from(size).ok()),
            transcribed: false,
        };
        show(tx, file.office, file.message_id, &shown).await?;
    }
    Ok(settled)
}

async fn show(tx: &mut Tx, office: OfficeId, message: MessageId, media: &MediaRef) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET media = $3 WHERE office_id = $1 AND id = $2 AND media IS NOT NULL",
        office.0,
        message.0,
        serde_json::to_value(media).unwrap_or(Value::Null),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A voice note to be heard.
#[derive(Debug)]
pub struct Unheard {
    pub id: Uuid,
    pub office: OfficeId,
    pub message_id: MessageId,
    pub conversation_id: ConversationId,
    pub key: String,
    pub mime_type: Option<String>,
    pub attempts: i32,
}

/// Claims voice notes whose time has come.
pub async fn claim_unheard(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Unheard>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"UPDATE media SET attempts = attempts + 1, next_attempt_at = $1::timestamptz + make_interval(secs => $3 * power(2, attempts))
           WHERE id IN (SELECT id FROM media WHERE transcription = 'pending' AND next_attempt_at <= $1
                        ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED)
           RETURNING id, office_id, message_id, conversation_id, key AS "key!", mime_type, attempts"#,
        now,
        limit,
        HEAR_AGAIN.as_seconds_f64(),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Unheard {
            id: row.id,
            office: OfficeId(row.office_id),
            message_id: MessageId(row.message_id),
            conversation_id: ConversationId(row.conversation_id),
            key: row.key,
            mime_type: row.mime_type,
            attempts: row.attempts,
        })
        .collect())
}

/// Writes what was heard: the words are the message's text from now on, marked as a transcript. `None`: it stays a voice
/// note. `false`: it was erased meanwhile.
pub async fn heard(tx: &mut Tx, note: &Unheard, words: Option<&str>) -> Result<bool, sqlx::Error> {
    let settled = sqlx::query!(
        "UPDATE media SET transcription = $3, next_attempt_at = NULL WHERE office_id = $1 AND id = $2 AND transcription = 'pending'",
        note.office.0,
        note.id,
        if words.is_some() { "done" } else { "refused" },
    )
    .execute(&mut **tx)
    .await?
    .rows_affected()
        == 1;
    if let Some(words) = words.filter(|_| settled) {
        sqlx::query!(
            r#"UPDATE messages SET text = $3, described = false, media = media || '{"transcribed": true}' WHERE office_id = $1 AND id = $2"#,
            note.office.0,
            note.message_id.0,
            words,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(settled)
}

/// A file as it is served.
#[derive(Debug)]
pub struct Served {
    pub state: MediaState,
    pub reason: Option<String>,
    pub key: Option<String>,
    pub mime_type: Option<String>,
    pub filename: Option<String>,
    pub sha256: Option<Vec<u8>>,
    pub size: Option<i64>,
}

/// One file of an office.
pub async fn find(tx: &mut Tx, office: OfficeId, id: Uuid) -> Result<Option<Served>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT state, reason, key, mime_type, filename, sha256, size FROM media WHERE office_id = $1 AND id = $2",
        office.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Served {
        state: MediaState::from_word(&row.state).unwrap_or(MediaState::Failed),
        reason: row.reason,
        key: row.key,
        mime_type: row.mime_type,
        filename: row.filename,
        sha256: row.sha256,
        size: row.size,
    }))
}

/// Removes a contact's files; the bytes follow.
pub async fn forget(tx: &mut Tx, office: OfficeId, contact: ContactId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH gone AS (DELETE FROM media WHERE office_id = $1 AND contact_id = $2 RETURNING key)
         INSERT INTO media_to_delete (key, office_id, since) SELECT key, $1, $3 FROM gone WHERE key IS NOT NULL
         ON CONFLICT (key) DO UPDATE SET since = $3",
        office.0,
        contact.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Keys of bytes to delete now.
pub async fn to_delete(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT key FROM media_to_delete WHERE since <= $1 ORDER BY since LIMIT 100 FOR UPDATE SKIP LOCKED",
        now
    )
    .fetch_all(&mut **tx)
    .await
}

/// The bytes are gone.
pub async fn deleted(tx: &mut Tx, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM media_to_delete WHERE key = $1", key).execute(&mut **tx).await.map(drop)
}
