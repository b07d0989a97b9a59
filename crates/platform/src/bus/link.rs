//! The connection: made, watched, made again.

use std::sync::Arc;
use std::time::Duration;

use contracts::topology::Queue;
use futures_util::StreamExt;
use lapin::options::ConfirmSelectOptions;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Names, declare};
use crate::config::AmqpUrl;

/// How the bus is reached and what it declares.
#[derive(Debug, Clone)]
pub struct BusConfig {
    pub url: AmqpUrl,
    pub names: Names,
    /// In production all of [`contracts::topology::QUEUES`].
    pub queues: Vec<Queue>,
    /// Shown by the broker's own tools.
    pub connection_name: String,
}

/// The process's connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: BusConfig,
    link: watch::Sender<Option<Arc<Link>>>,
    broken: Notify,
}

/// A live connection with its publishing channel.
#[derive(Debug)]
pub(super) struct Link {
    pub connection: Connection,
    /// In confirm mode; shared by all publishers.
    pub publishing: Channel,
    /// While the broker blocks publishers it reads nothing from us.
    pub blocked: std::sync::atomic::AtomicBool,
}

impl Bus {
    /// A bus that is not connected yet; [`Bus::keep_connected`] does that.
    pub fn new(config: BusConfig) -> Self {
        Self { inner: Arc::new(Inner { config, link: watch::Sender::new(None), broken: Notify::new() }) }
    }

    /// The names on this broker.
    pub fn names(&self) -> &Names {
        &self.inner.config.names
    }

    /// Whether the broker answers and takes what we publish.
    pub fn is_up(&self) -> bool {
        self.link().is_some_and(|link| !link.blocked.load(std::sync::atomic::Ordering::Relaxed))
    }

    pub(super) fn link(&self) -> Option<Arc<Link>> {
        self.inner.link.borrow().clone()
    }

    /// Waits for a live connection.
    pub(super) async fn connected(&self) -> Arc<Link> {
        let mut watch = self.inner.link.subscribe();
        loop {
            if let Some(link) = watch.borrow_and_update().clone() {
                return link;
            }
            // The sender lives in `self`: the channel can't close while we wait.
            let _ = watch.changed().await;
        }
    }

    /// Waits until the bus is connected and the topology is declared.
    pub async fn wait_until_up(&self) {
        self.connected().await;
    }

    /// A channel of its own on the live connection.
    pub(crate) async fn channel(&self) -> lapin::Result<Channel> {
        self.connected().await.connection.create_channel().await
    }

    /// Breaks the connection, as a network would; for tests.
    pub async fn sever(&self) {
        if let Some(link) = self.link() {
            // Already broken is as good.
            let _ = link.connection.close(320, "severed".into()).await;
        }
    }

    /// Says that the connection is not usable any more.
    pub(super) fn report_broken(&self) {
        self.inner.broken.notify_one();
    }

    /// Connects, declares, watches, and begins again, until the stop.
    pub async fn keep_connected(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mut pause = Duration::from_millis(100);
        let mut told = false;
        loop {
            let attempt = tokio::select! {
                attempt = tokio::time::timeout(Duration::from_secs(15), self.connect()) => attempt,
                () = shutdown.cancelled() => return Ok(()),
            };
            match attempt {
                Ok(Ok(link)) => {
                    info!("connected to the broker");
                    (pause, told) = (Duration::from_millis(100), false);
                    self.inner.link.send_replace(Some(link.clone()));
                    let stop = self.watch(&link, &shutdown).await;
                    self.inner.link.send_replace(None);
                    if stop {
                        // What is not acked goes back to its queue.
                        let _ = link.connection.close(200, "stopping".into()).await;
                        return Ok(());
                    }
                    // It is broken already; this only frees what is left of it.
                    let _ =
                        tokio::time::timeout(Duration::from_secs(1), link.connection.close(200, "reconnecting".into()))
                            .await;
                }
                Ok(Err(error)) if !told => {
                    warn!(error = &error as &dyn std::error::Error, "the broker is away; trying until it is back");
                    told = true;
                }
                Err(_) if !told => {
                    warn!("the broker does not answer; trying until it does");
                    told = true;
                }
                _ => {}
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => return Ok(()),
            }
            pause = (pause * 2).min(Duration::from_secs(3));
        }
    }

    async fn connect(&self) -> lapin::Result<Arc<Link>> {
        let config = &self.inner.config;
        let properties = ConnectionProperties::default().with_connection_name(config.connection_name.as_str().into());
        let connection = Connection::connect(config.url.expose(), properties).await?;
        let setup = connection.create_channel().await?;
        declare::declare(&setup, &config.names, &config.queues).await?;
        setup.close(200, "declared".into()).await?;
        let publishing = connection.create_channel().await?;
        publishing.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(Arc::new(Link { connection, publishing, blocked: std::sync::atomic::AtomicBool::new(false) }))
    }

    /// Returns when the link is broken (`false`) or the process stops (`true`).
    async fn watch(&self, link: &Link, shutdown: &CancellationToken) -> bool {
        use std::sync::atomic::Ordering::Relaxed;
        let mut events = std::pin::pin!(link.connection.events_listener());
        let mut look = tokio::time::interval(Duration::from_millis(500));
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return true,
                () = self.inner.broken.notified() => {
                    if !(link.connection.status().connected() && link.publishing.status().connected()) {
                        return false;
                    }
                }
                _ = look.tick() => {
                    if !(link.connection.status().connected() && link.publishing.status().connected()) {
                        warn!("the connection to the broker is lost");
                        return false;
                    }
                }
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(reason)) => {
                        warn!(reason, "the broker blocks publishers");
                        link.blocked.store(true, Relaxed);
                    }
                    Some(Event::ConnectionUnblocked) => {
                        info!("the broker takes messages again");
                        link.blocked.store(false, Relaxed);
                    }
                    Some(Event::Error(error)) => {
                        warn!(error = &error as &dyn std::error::Error, "the connection to the broker is lost");
                        return false;
                    }
                    Some(_) => {}
                    None => return false,
                },
            }
        }
    }
}
