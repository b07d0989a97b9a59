//! What the broker itself takes: confirmed publishes of one webhook's body into a quorum queue.

use anyhow::{Result, ensure};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};

use crate::Options;
use crate::load::closed;
use crate::programs::{body, citizen};

const QUEUE: &str = "bench.raw";

/// Confirmed publishes per second.
pub async fn measure(options: &Options, url: &str) -> Result<f64> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(QUEUE.into(), durable, arguments).await?;
    let body = body("106540352242922", &citizen(0))?;
    let rate = closed(options, async || {
        let mandatory = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let persistent = BasicProperties::default().with_delivery_mode(2);
        let confirmation = channel.basic_publish("".into(), QUEUE.into(), mandatory, &body, persistent).await?.await?;
        ensure!(matches!(confirmation, Confirmation::Ack(None)), "the broker did not confirm: {confirmation:?}");
        Ok(())
    })
    .await?;
    channel.queue_delete(QUEUE.into(), QueueDeleteOptions::default()).await?;
    connection.close(200, "done".into()).await?;
    Ok(rate)
}
