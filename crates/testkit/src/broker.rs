//! A corner of the broker per test: every exchange and queue carries the test's prefix, and goes with it.

use contracts::topology::{Queue, RETRY_LADDER};
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{Connection, ConnectionProperties};
use platform::bus::{Bus, BusConfig, Names};
use uuid::Uuid;

use crate::{servers, tear_down};

/// This test's corner.
#[derive(Debug)]
pub struct TestBroker {
    pub bus: Bus,
    names: Names,
    queues: Vec<Queue>,
}

/// A bus that declares only these queues, so that a test does not pay for the whole topology.
pub fn corner(queues: &[Queue]) -> TestBroker {
    let names = Names::with_prefix(format!("test-{}.", Uuid::now_v7().simple()));
    let bus = Bus::new(BusConfig {
        url: servers::amqp_url(),
        names: names.clone(),
        queues: queues.to_vec(),
        connection_name: "test".to_owned(),
    });
    TestBroker { bus, names, queues: queues.to_vec() }
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        let mut queues: Vec<String> =
            self.queues.iter().flat_map(|queue| [self.names.queue(queue), self.names.dead(queue)]).collect();
        queues.extend(RETRY_LADDER.iter().map(|step| self.names.retry(step)));
        let mut exchanges = vec![self.names.exchange()];
        exchanges.extend(RETRY_LADDER.iter().map(|step| self.names.retry(step)));
        tear_down::run(async move {
            let Ok(connection) =
                Connection::connect(servers::amqp_url().expose(), ConnectionProperties::default()).await
            else {
                return;
            };
            let Ok(channel) = connection.create_channel().await else { return };
            for queue in queues {
                let _ = channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await;
            }
            for exchange in exchanges {
                let _ = channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await;
            }
            let _ = connection.close(200, "done".into()).await;
        });
    }
}
