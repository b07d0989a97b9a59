//! Start and stop.
//!
//! A soft stop (SIGTERM, Ctrl-C) cancels [`Tasks::shutdown`]: nothing new begins, work in flight ends. A second signal
//! or the grace time makes it hard. A task that ends before the stop ends the process, non-zero: a half-dead service
//! helps nobody.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info};

/// How long work in flight may take to end.
pub const GRACE: Duration = Duration::from_secs(20);

/// The process's background tasks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tasks {
    tracker: TaskTracker,
    shutdown: CancellationToken,
    died: mpsc::UnboundedSender<String>,
}

/// The other end: learns of the first task that died.
#[derive(Debug)]
pub struct Watch(mpsc::UnboundedReceiver<String>);

impl Tasks {
    /// No tasks yet.
    pub fn new() -> (Self, Watch) {
        let (died, watch) = mpsc::unbounded_channel();
        (Self { tracker: TaskTracker::new(), shutdown: CancellationToken::new(), died }, Watch(watch))
    }

    /// Runs a task for the whole life of the process. If it ends before the stop, so does the process.
    #[expect(clippy::disallowed_methods, reason = "this is the replacement that the lint names")]
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let this = self.clone();
        let running = tokio::spawn(self.tracker.track_future(task));
        tokio::spawn(async move {
            let end = running.await;
            if this.shutdown.is_cancelled() {
                return;
            }
            let why = match end {
                Ok(Ok(())) => "it returned".to_owned(),
                Ok(Err(error)) => format!("{error:#}"),
                Err(panic) => format!("it panicked: {panic}"),
            };
            error!(task = name, why, "a task died; the process ends");
            // The receiver is gone only when the process is ending already.
            let _ = this.died.send(name.to_owned());
        });
    }

    /// Runs a piece of work that ends by itself; a stop waits for it.
    #[expect(clippy::disallowed_methods, reason = "this is the replacement that the lint names")]
    pub fn spawn_work<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(self.tracker.track_future(work));
    }

    /// Cancelled at the soft stop.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Begins the soft stop.
    pub fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until all tasks have ended.
    pub async fn drained(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Runs what must outlive the tracked tasks; the caller stops and awaits it.
#[expect(clippy::disallowed_methods, reason = "the bus ends after the tasks that ack over it")]
pub fn spawn_last<F>(task: F) -> tokio::task::JoinHandle<anyhow::Result<()>>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    tokio::spawn(task)
}

/// Waits for a signal or a dead task, then stops: softly, and hard when asked twice or out of patience.
pub async fn until_stopped(tasks: &Tasks, mut watch: Watch) -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let dead = tokio::select! {
        _ = tokio::signal::ctrl_c() => None,
        _ = terminate.recv() => None,
        () = tasks.shutdown().cancelled() => None,
        name = watch.0.recv() => name,
    };
    info!("stopping: no new work, what is in flight may end");
    tasks.stop();
    tokio::select! {
        () = tasks.drained() => info!("stopped"),
        _ = tokio::signal::ctrl_c() => error!("stopped hard: asked twice"),
        _ = terminate.recv() => error!("stopped hard: asked twice"),
        () = tokio::time::sleep(GRACE) => error!("stopped hard: work in flight did not end in {GRACE:?}"),
    }
    match dead {
        Some(name) => Err(anyhow::anyhow!("the task \"{name}\" died")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dead_task_is_told_and_a_stopped_one_is_not() {
        let (tasks, mut watch) = Tasks::new();
        tasks.spawn("short-lived", async { anyhow::bail!("out of luck") });
        assert_eq!(watch.0.recv().await.as_deref(), Some("short-lived"));

        let shutdown = tasks.shutdown().clone();
        tasks.spawn("long-lived", async move {
            shutdown.cancelled().await;
            Ok(())
        });
        tasks.stop();
        tasks.drained().await;
        assert!(watch.0.try_recv().is_err());
    }
}
