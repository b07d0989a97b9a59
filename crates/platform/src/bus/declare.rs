//! Declaring the topology. Idempotent: every service does all of it at every connect.

use contracts::topology::{DELIVERY_LIMIT, Queue, RETRY_LADDER};
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

use super::Names;

/// Declares exchanges, queues, dead-letter queues and the retry ladder.
pub(super) async fn declare(channel: &Channel, names: &Names, queues: &[Queue]) -> lapin::Result<()> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel.exchange_declare(names.exchange().into(), ExchangeKind::Topic, durable, FieldTable::default()).await?;

    for step in &RETRY_LADDER {
        let name = names.retry(step);
        channel.exchange_declare(name.clone().into(), ExchangeKind::Fanout, durable, FieldTable::default()).await?;
        // Back by the default exchange: the routing key is still the name of the queue that the message came from.
        let mut arguments = quorum("");
        let delay = i64::try_from(step.delay.as_millis()).unwrap_or(i64::MAX);
        arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(delay));
        queue(channel, &name, arguments).await?;
        channel
            .queue_bind(name.clone().into(), name.into(), "".into(), QueueBindOptions::default(), FieldTable::default())
            .await?;
    }

    for item in queues {
        let dead = names.dead(item);
        let mut plain = FieldTable::default();
        plain.insert("x-queue-type".into(), text("quorum"));
        plain.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        queue(channel, &dead, plain).await?;

        let name = names.queue(item);
        let mut arguments = quorum("");
        arguments.insert("x-dead-letter-routing-key".into(), text(&dead));
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        queue(channel, &name, arguments).await?;
        channel
            .queue_bind(
                name.into(),
                names.exchange().into(),
                item.binding.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await?;
    }
    Ok(())
}

/// A quorum queue that hands on what it gives up, at least once, and refuses rather than drops when it is full.
fn quorum(dead_letter_exchange: &str) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments.insert("x-dead-letter-exchange".into(), text(dead_letter_exchange));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> lapin::Result<()> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(name.into(), durable, arguments).await.map(drop)
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}
