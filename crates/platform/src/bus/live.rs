//! The live feed: an exclusive classic queue of this process, gone with its connection. For open dashboards only; what
//! must not be missed is asked for again by sequence.

use bytes::Bytes;
use contracts::envelope::Attributes;
use futures_util::StreamExt;
use lapin::options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use tokio::sync::broadcast;
use tracing::debug;

use super::delivery::headers;
use crate::Context;

/// An event as it passes.
#[derive(Debug, Clone)]
pub struct LiveEvent {
    pub attributes: Attributes,
    pub routing_key: String,
    pub body: Bytes,
}

/// Copies events that match the bindings into `sink` until the stop, through every outage. After each (re)connect
/// `on_connected` is called: what happened meanwhile was missed.
pub async fn follow(
    ctx: Context,
    bindings: &'static [&'static str],
    sink: broadcast::Sender<LiveEvent>,
    on_connected: impl Fn() + Send + Sync,
) -> anyhow::Result<()> {
    let shutdown = ctx.tasks.shutdown().clone();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            result = session(&ctx, bindings, &sink, &on_connected) => {
                if let Err(error) = result {
                    debug!(error = &error as &dyn std::error::Error, "the live feed is interrupted");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

async fn session(
    ctx: &Context,
    bindings: &[&str],
    sink: &broadcast::Sender<LiveEvent>,
    on_connected: &(impl Fn() + Send + Sync),
) -> lapin::Result<()> {
    let link = ctx.bus.connected().await;
    let channel = link.connection.create_channel().await?;
    let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    let queue = channel.queue_declare("".into(), options, FieldTable::default()).await?;
    for binding in bindings {
        channel
            .queue_bind(
                queue.name().clone(),
                ctx.bus.names().exchange().into(),
                (*binding).into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await?;
    }
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let mut stream = channel.basic_consume(queue.name().clone(), "".into(), options, FieldTable::default()).await?;
    on_connected();
    while let Some(message) = stream.next().await {
        let message = message?;
        let headers = headers(&message);
        let get = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        if let Ok(attributes) = Attributes::from_headers(get) {
            // Nobody listening is fine: no dashboard is open.
            let _ = sink.send(LiveEvent {
                attributes,
                routing_key: message.routing_key.to_string(),
                body: message.data.into(),
            });
        }
    }
    Ok(())
}
