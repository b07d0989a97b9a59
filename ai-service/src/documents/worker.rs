//! Reads documents whose turn it is, one after the other.
//!
//! A job is taken under a lease; a process that dies lets it run out and another one begins anew. What must stay true: a
//! document that fails leaves its siblings alone and is told why; the event that tells of the end is in the swap's own
//! transaction.

use std::sync::Arc;
use std::time::Duration;

use chrono::Duration as Span;
use contracts::dto::ai::DocumentKind;
use contracts::events::document::{DocumentFailed, DocumentProcessed};
use platform::bus::HandlerError;
use platform::outbox;
use platform::storage::StorageError;
use tokio::sync::Notify;

use super::chunks::{self, Chunk};
use super::extract::child::Extractor;
use super::extract::{self, Kind, MOST_BYTES, Reason};
use super::{Job, Source, store};
use crate::App;
use crate::embedding::{self, builtin};
use crate::knowledge::passage::{self, Indexed};

/// Longer than any document may take.
const LEASE: Span = Span::minutes(3);
/// When what we need is away, the next try comes after this.
const PAUSE: Span = Span::seconds(20);
/// A document whose reading ended a whole process so often is not tried again.
const PATIENCE: i32 = 4;
/// How often to look for what nobody woke us for: other instances' uploads and leases that ran out.
const POLL: Duration = Duration::from_secs(2);

/// What the worker needs, and how it is woken. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    extractor: Extractor,
    waker: Arc<Notify>,
}

impl Documents {
    /// With this program as the reader of files.
    pub fn new(extractor: Extractor) -> Self {
        Self { extractor, waker: Arc::default() }
    }

    /// To be called after the commit of a job.
    pub fn wake(&self) {
        self.waker.notify_one();
    }
}

/// Runs for the life of the process.
pub async fn run(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    let stop = app.ctx.tasks.shutdown().clone();
    while !stop.is_cancelled() {
        let more = match once(&app).await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "documents wait: something that they need is away"
                );
                false
            }
        };
        if !more {
            tokio::select! {
                () = app.documents.waker.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    }
    Ok(())
}

/// Reads one document. `false`: none was due.
pub async fn once(app: &App) -> Result<bool, HandlerError> {
    let mut tx = app.ctx.db.all_offices("the next document of any office").await?;
    let job = store::take(&mut tx, app.ctx.clock.now(), LEASE).await?;
    tx.commit().await?;
    let Some(job) = job else { return Ok(false) };
    if job.attempts >= PATIENCE {
        fail(app, &job, Reason::TooComplex).await?;
        return Ok(true);
    }
    match passages(app, &job).await {
        Ok(Ok(passages)) => {
            succeed(app, &job, passages).await?;
            Ok(true)
        }
        Ok(Err(reason)) => {
            fail(app, &job, reason).await?;
            Ok(true)
        }
        Err(error) => {
            let mut tx = app.ctx.db.office(job.upload.office).await?;
            store::put_off(&mut tx, &job, app.ctx.clock.now() + PAUSE).await?;
            tx.commit().await?;
            Err(error)
        }
    }
}

/// A passage, as it is indexed, with its vector as the column reads it.
type Passage = (Chunk, Indexed, String);

/// A document's passages; an error: what we need is away.
async fn passages(app: &App, job: &Job) -> Result<Result<Vec<Passage>, Reason>, HandlerError> {
    let upload = &job.upload;
    let cut = match (&upload.source, upload.kind) {
        (Source::Content(text), DocumentKind::Faq) => Ok(vec![chunks::entry(&upload.title, text)]),
        (Source::Content(text), DocumentKind::Document) => {
            extract::read_text(text, upload.mime_type.as_deref()).map(|blocks| chunks::cut(&blocks))
        }
        (Source::Key(key), kind) => {
            let bytes = match app.storage.get(key, MOST_BYTES).await {
                Ok(bytes) => bytes,
                Err(StorageError::TooLarge { .. }) => return Ok(Err(Reason::TooLarge)),
                Err(StorageError::NotFound) => return Ok(Err(Reason::Missing)),
                Err(error) => return Err(error.into()),
            };
            let read = app.documents.extractor.read(&bytes, upload.mime_type.as_deref()).await;
            let blocks = read.map_err(|error| HandlerError::Unavailable(error.into()))?;
            blocks.map(|blocks| match kind {
                DocumentKind::Document => chunks::cut(&blocks),
                DocumentKind::Faq if blocks.iter().any(|block| matches!(block.kind, Kind::Answer { .. })) => {
                    chunks::cut(&blocks)
                }
                DocumentKind::Faq => {
                    let text: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
                    vec![chunks::entry(&upload.title, &text.join("\n"))]
                }
            })
        }
    };
    let cut = match cut {
        Ok(cut) if cut.len() > chunks::MOST => return Ok(Err(Reason::TooLong)),
        Ok(cut) if cut.is_empty() => return Ok(Err(Reason::NoText)),
        Ok(cut) => cut,
        Err(reason) => return Ok(Err(reason)),
    };
    let title = upload.title.clone();
    // Thousands of passages take seconds: not on a thread that answers citizens.
    let indexed =
        tokio::task::spawn_blocking(move || cut.into_iter().map(|chunk| index(&title, chunk)).collect()).await;
    indexed.map(Ok).map_err(|error| HandlerError::Failed(error.into()))
}

fn index(title: &str, chunk: Chunk) -> Passage {
    let indexed = passage::index(title, chunk.heading.as_deref(), chunk.question.as_deref(), &chunk.content);
    let vector = embedding::literal(&indexed.vector).unwrap_or_default();
    (chunk, indexed, vector)
}

async fn succeed(app: &App, job: &Job, passages: Vec<Passage>) -> Result<(), HandlerError> {
    let (ctx, upload) = (&app.ctx, &job.upload);
    let mut tx = ctx.db.office(upload.office).await?;
    if !store::finish(&mut tx, job).await? {
        return Ok(());
    }
    store::swap(&mut tx, job, &passages, &builtin::name(), ctx.clock.now()).await?;
    let processed = DocumentProcessed {
        document_id: upload.document_id,
        key: key(job),
        version: job.version,
        chunks: u32::try_from(passages.len()).unwrap_or(u32::MAX),
    };
    outbox::append(ctx, &mut tx, upload.office, &processed, &job.cause).await?;
    tx.commit().await?;
    ctx.outbox.wake();
    app.metrics.documents.with_label_values(&["processed"]).inc();
    Ok(())
}

async fn fail(app: &App, job: &Job, reason: Reason) -> Result<(), HandlerError> {
    let (ctx, upload) = (&app.ctx, &job.upload);
    let mut tx = ctx.db.office(upload.office).await?;
    if !store::finish(&mut tx, job).await? {
        return Ok(());
    }
    let reason = reason.to_string();
    store::fail(&mut tx, job, &reason, ctx.clock.now()).await?;
    let failed =
        DocumentFailed { document_id: upload.document_id, key: key(job), version: job.version, reason: Some(reason) };
    outbox::append(ctx, &mut tx, upload.office, &failed, &job.cause).await?;
    tx.commit().await?;
    ctx.outbox.wake();
    app.metrics.documents.with_label_values(&["failed"]).inc();
    Ok(())
}

fn key(job: &Job) -> Option<String> {
    match &job.upload.source {
        Source::Key(key) => Some(key.to_string()),
        Source::Content(_) => None,
    }
}
