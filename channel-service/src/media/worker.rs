//! The worker: claims files, fetches a few at a time, and writes what became of each.

use std::time::Duration;

use anyhow::Context as _;
use chrono::Utc;
use contracts::OfficeId;
use contracts::message::MediaState;
use futures_util::StreamExt;
use platform::outbox::{AppendError, Cause};
use platform::storage::{Key, StorageError};
use secrecy::SecretString;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::source::NoFile;
use super::store::{self, Outcome, Waiting};
use super::{pause, sniff, transcript};
use crate::App;
use crate::conversations::store as conversations;
use crate::inbound::tell_message;

/// Looks this often for what nobody woke it for.
const POLL: Duration = Duration::from_secs(1);
/// Files at the same time: each takes a few megabytes of memory on its way.
const PARALLEL: usize = 4;

/// Runs until the stop. A slow file keeps one place, and no other file waiting.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    app.ctx.tasks.spawn("voice notes", hear(app.clone()));
    let mut under_way = JoinSet::new();
    loop {
        match begin(&app, PARALLEL - under_way.len()).await {
            Ok(files) => files.into_iter().for_each(|file| {
                let app = app.clone();
                under_way.spawn(async move { fetch_or_tell(&app, &file).await });
            }),
            Err(error) => debug!(error = format!("{error:#}"), "files wait: the database is away"),
        }
        if app.ctx.tasks.shutdown().is_cancelled() {
            break;
        }
        tokio::select! {
            Some(ended) = under_way.join_next() => ended?,
            () = tokio::time::sleep(POLL) => {}
            () = app.media.woken.notified() => {}
            () = app.ctx.tasks.shutdown().cancelled() => {}
        }
    }
    while let Some(ended) = under_way.join_next().await {
        ended?;
    }
    Ok(())
}

/// Has voice notes heard, and removes what is to go, until the stop.
async fn hear(app: App) -> anyhow::Result<()> {
    loop {
        let more = match listen(&app).await {
            Ok(heard) => heard > 0,
            Err(error) => {
                debug!(error = format!("{error:#}"), "voice notes wait: the database is away");
                false
            }
        };
        tokio::select! {
            () = tokio::time::sleep(if more { Duration::ZERO } else { POLL }) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
}

async fn listen(app: &App) -> anyhow::Result<usize> {
    let heard = transcript::round(app).await?;
    sweep(app).await?;
    Ok(heard)
}

/// Claims as many files as there are places.
async fn begin(app: &App, places: usize) -> anyhow::Result<Vec<Waiting>> {
    if places == 0 {
        return Ok(Vec::new());
    }
    let mut tx = app.ctx.db.all_offices("media").await?;
    let waiting = store::claim(&mut tx, app.ctx.clock.now(), i64::try_from(places)?).await?;
    tx.commit().await?;
    Ok(waiting)
}

/// Fetches what may be fetched now, has heard what may be heard, removes what is to go. Answers how many files. For
/// those who tick by hand.
pub async fn round(app: &App) -> anyhow::Result<usize> {
    let waiting = begin(app, PARALLEL).await?;
    let fetched = waiting.len();
    futures_util::stream::iter(waiting)
        .for_each_concurrent(PARALLEL, |file| async move { fetch_or_tell(app, &file).await })
        .await;
    Ok(fetched + listen(app).await?)
}

async fn fetch_or_tell(app: &App, file: &Waiting) {
    if let Err(error) = fetch(app, file).await {
        // Its claim runs out, and another try follows.
        warn!(media = %file.id, error = format!("{error:#}"), "a file could not be settled");
    }
}

async fn fetch(app: &App, file: &Waiting) -> anyhow::Result<()> {
    let started = tokio::time::Instant::now();
    let outcome = if app.ctx.clock.now() >= file.expires_at {
        Outcome::ended(MediaState::Expired, "WhatsApp sudah tidak menyimpan berkas ini")
    } else {
        try_fetch(app, file).await
    };
    app.metrics.media.with_label_values(&[outcome.word()]).inc();
    app.metrics.media_seconds.observe(started.elapsed().as_secs_f64());
    settle(app, file, outcome).await.context("settling")
}

async fn try_fetch(app: &App, file: &Waiting) -> Outcome {
    let token = match token(app, file).await {
        Ok(token) => token,
        Err(why) => return later(app, file, &why),
    };
    let located = app.media.source.look_up(&file.wa_media_id, &file.phone_number_id, &token).await;
    let (url, declared, digest) = match (located, &file.url) {
        (Ok(located), _) => {
            if located.size.is_some_and(|size| size > app.config.media_max_bytes) {
                return too_large(app);
            }
            (located.url, located.mime_type.or_else(|| file.declared_type.clone()), file.sha256.or(located.sha256))
        }
        // The address in the message itself is good for five minutes.
        (Err(_), Some(url)) if file.url_is_fresh => (url.clone(), file.declared_type.clone(), file.sha256),
        (Err(NoFile::Gone), _) => {
            return Outcome::ended(MediaState::Expired, "WhatsApp sudah tidak menyimpan berkas ini");
        }
        (Err(why), _) => return later(app, file, &why.to_string()),
    };
    let bytes = match app.media.source.open(&url, &token).await {
        // The address was too old: a new one, once.
        Err(NoFile::Stale) => match app.media.source.look_up(&file.wa_media_id, &file.phone_number_id, &token).await {
            Ok(located) => app.media.source.open(&located.url, &token).await,
            Err(why) => Err(why),
        },
        opened => opened,
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(NoFile::Gone) => return Outcome::ended(MediaState::Expired, "WhatsApp sudah tidak menyimpan berkas ini"),
        Err(NoFile::Elsewhere) => {
            warn!(media = %file.id, "a file's address is not one of WhatsApp's; nothing was sent there");
            return Outcome::ended(MediaState::Refused, "alamat berkas bukan milik WhatsApp");
        }
        Err(why) => return later(app, file, &why.to_string()),
    };
    let stored = match app.storage.put_stream(&file.key, bytes, app.config.media_max_bytes).await {
        Ok(stored) => stored,
        Err(StorageError::TooLarge { .. }) => return too_large(app),
        Err(why) => return later(app, file, &why.to_string()),
    };
    if digest.is_some_and(|digest| digest != stored.sha256) {
        // A broken line is more likely than a wrong digest: once more.
        return match file.attempts {
            ..2 => later(app, file, "the bytes do not have the digest that WhatsApp names"),
            _ => Outcome::ended(MediaState::Refused, "isi berkas rusak"),
        };
    }
    match sniff::judge(&file.kind, declared.as_deref(), &stored.head) {
        Ok(mime_type) => {
            Outcome::Stored { mime_type, size: stored.size, sha256: stored.sha256, to_hear: file.is_voice_note() }
        }
        Err(why) => Outcome::ended(MediaState::Refused, why),
    }
}

async fn token(app: &App, file: &Waiting) -> Result<SecretString, String> {
    let number = app.numbers.find(&app.ctx.db, &file.phone_number_id).await.map_err(|error| error.to_string())?;
    let number = number.filter(|number| number.office == file.office).ok_or("the number is not active")?;
    app.numbers.token(&number).map_err(|broken| broken.to_string())
}

fn later(app: &App, file: &Waiting, why: &str) -> Outcome {
    debug!(media = %file.id, why, attempts = file.attempts, "a file waits for another try");
    Outcome::Later { at: (app.ctx.clock.now() + pause(file.attempts)).min(file.expires_at) }
}

fn too_large(app: &App) -> Outcome {
    Outcome::ended(
        MediaState::Refused,
        format!("berkas lebih besar dari {} MB", app.config.media_max_bytes / 1_000_000),
    )
}

/// Writes what became of a file, and tells screens.
async fn settle(app: &App, file: &Waiting, outcome: Outcome) -> Result<(), AppendError> {
    let now = app.ctx.clock.now();
    let mut tx = app.ctx.db.office(file.office).await?;
    // The one order of locks: conversation, then the rest.
    conversations::lock(&mut tx, file.office, file.conversation_id).await?;
    let kept = store::settle(&mut tx, file, &outcome, now).await?;
    if kept && outcome.is_news() {
        tell_message(app, &mut tx, file.office, file.message_id, &Cause::none()).await?;
    }
    tx.commit().await?;
    if outcome.is_news() {
        app.ctx.outbox.wake();
        app.turns.notify_one();
    }
    Ok(())
}

/// Removes bytes that belong to no row any more.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let mut tx = app.ctx.db.all_offices("media to delete").await?;
    let keys = store::to_delete(&mut tx, app.ctx.clock.now()).await?;
    for key in keys {
        let Ok(parsed) = key.parse::<Key>() else {
            store::deleted(&mut tx, &key).await?;
            continue;
        };
        match app.storage.delete(&parsed).await {
            Ok(()) => store::deleted(&mut tx, &key).await?,
            Err(error) => {
                debug!(error = %error, "bytes to delete wait for the storage");
                break;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// A place for the bytes of a file.
pub fn new_key(office: OfficeId, now: chrono::DateTime<Utc>) -> Key {
    Key::new("media", office, now)
}
