//! The broker's queues: what waits in them, and emptying them between measurements.

use anyhow::Result;
use contracts::topology::{QUEUES, Queue, RETRY_LADDER};
use lapin::options::{QueueDeclareOptions, QueuePurgeOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};

/// Every durable queue, the dead ones last.
fn names() -> impl Iterator<Item = String> {
    let own = QUEUES.iter().map(Queue::name);
    let retry = RETRY_LADDER.iter().map(|step| step.name.to_owned());
    own.chain(retry).chain(QUEUES.iter().map(Queue::dead_name))
}

/// Messages that wait somewhere, as `queue: count`.
pub async fn waiting(url: &str) -> Result<Vec<String>> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let passive = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
    let mut waiting = Vec::new();
    for name in names() {
        let queue = channel.queue_declare(name.as_str().into(), passive, FieldTable::default()).await?;
        if queue.message_count() > 0 {
            waiting.push(format!("{name}: {}", queue.message_count()));
        }
    }
    connection.close(200, "done".into()).await?;
    Ok(waiting)
}

/// Throws away what waits. The queues stay; one that is not there yet is empty.
pub async fn purge(url: &str) -> Result<()> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    for name in names() {
        // The broker closes a channel that asks for a queue which is not there.
        let channel = connection.create_channel().await?;
        if channel.queue_purge(name.as_str().into(), QueuePurgeOptions::default()).await.is_ok() {
            channel.close(200, "done".into()).await?;
        }
    }
    connection.close(200, "done".into()).await?;
    Ok(())
}
