//! Publishing: persistent, confirmed, and an error if no queue took it that should have.

use bytes::Bytes;
use contracts::envelope::Attributes;
use contracts::topology;
use lapin::options::BasicPublishOptions;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation};

use super::Bus;

/// Delivery mode 2: the broker writes it to disk.
const PERSISTENT: u8 = 2;

/// A message on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub routing_key: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// Whether it is an error if no queue takes it.
    pub mandatory: bool,
}

impl Outgoing {
    /// A message with these attributes.
    pub fn new(routing_key: &str, attributes: &Attributes, body: Bytes) -> Self {
        Self {
            routing_key: routing_key.to_owned(),
            headers: attributes.headers(),
            body,
            mandatory: topology::has_durable_reader(routing_key),
        }
    }
}

/// Why a message is not safe at the broker.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("the broker is away")]
    NotConnected,
    #[error("the broker takes no messages now")]
    Blocked,
    #[error("the broker refused the message")]
    Refused,
    #[error("no queue took the message")]
    Returned,
    #[error("the connection broke before the broker confirmed")]
    Lost(#[from] lapin::Error),
}

impl Bus {
    /// Publishes an event and waits for the confirm. Only `Ok` means that it is safe.
    pub async fn publish(&self, outgoing: &Outgoing) -> Result<(), PublishError> {
        let exchange = self.names().exchange();
        self.send(&exchange, &outgoing.routing_key, outgoing.mandatory, &outgoing.headers, &outgoing.body).await
    }

    /// Publishes straight to a queue or a retry exchange and waits for the confirm.
    pub(crate) async fn send(
        &self,
        exchange: &str,
        routing_key: &str,
        mandatory: bool,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<(), PublishError> {
        let link = self.link().ok_or(PublishError::NotConnected)?;
        if link.blocked.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(PublishError::Blocked);
        }
        let mut table = FieldTable::default();
        for (name, value) in headers {
            table.insert(name.as_str().into(), AMQPValue::LongString(value.as_str().into()));
        }
        let properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type("application/json".into())
            .with_headers(table);
        let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
        let confirm =
            link.publishing.basic_publish(exchange.into(), routing_key.into(), options, body, properties).await;
        let confirmation = match confirm {
            Ok(confirm) => confirm.await,
            Err(error) => Err(error),
        };
        match confirmation {
            Ok(Confirmation::Ack(None)) => Ok(()),
            Ok(Confirmation::Ack(Some(_))) => Err(PublishError::Returned),
            // Without confirm mode nothing is confirmed; that would be a bug of ours, and is no success.
            Ok(Confirmation::Nack(_) | Confirmation::NotRequested) => Err(PublishError::Refused),
            Err(error) => {
                self.report_broken();
                Err(PublishError::Lost(error))
            }
        }
    }
}
