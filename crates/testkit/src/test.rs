//! A service's surroundings for one test: context, database, clock, and a broker if it needs one.

use chrono::{DateTime, TimeZone, Utc};
use contracts::OfficeId;
use contracts::events::Event;
use contracts::office::{Office, OfficeSettings};
use contracts::topology::Queue;
use platform::bus::{Bus, BusConfig, Delivery, Names};
use platform::clock::Clock;
use platform::context::Keys;
use platform::lifecycle::{self, Tasks, Watch};
use platform::metrics::Metrics;
use platform::{Context, Daemon, Service};
use sqlx::migrate::Migrator;
use tokio_util::sync::CancellationToken;

use crate::broker::{TestBroker, corner};
use crate::database::{TestDb, fresh};
use crate::{Api, servers};

/// The internal key in every test.
pub const INTERNAL_API_KEY: &str = "an internal key for tests";
/// The actor key in every test.
pub const ACTOR_KEY: &str = "an actor's key for tests";

/// Everything a service needs, for one test.
#[derive(Debug)]
pub struct Test {
    pub ctx: Context,
    /// The same clock as `ctx.clock`; it stands at [`Test::START`] until it is moved.
    pub clock: Clock,
    pub database: TestDb,
    broker: Option<TestBroker>,
    bus_stop: CancellationToken,
    _watch: Watch,
}

impl Test {
    /// A Friday morning in Jakarta: 2026-11-20 09:00.
    pub fn start_time() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 20, 2, 0, 0).single().unwrap_or_default()
    }

    /// A service without a broker: its bus is never up.
    pub async fn without_broker(service: &'static str, migrator: &Migrator) -> Self {
        let bus = Bus::new(BusConfig {
            url: servers::amqp_url(),
            names: Names::with_prefix("nowhere."),
            queues: Vec::new(),
            connection_name: service.to_owned(),
        });
        Self::new(service, migrator, bus, None, Clock::set_to(Self::start_time())).await
    }

    /// A service whose bus has these queues and is up.
    pub async fn with_broker(service: &'static str, migrator: &Migrator, queues: &[Queue]) -> Self {
        Self::with_broker_and_clock(service, migrator, queues, Clock::set_to(Self::start_time())).await
    }

    /// The same with another clock.
    pub async fn with_broker_and_clock(
        service: &'static str,
        migrator: &Migrator,
        queues: &[Queue],
        clock: Clock,
    ) -> Self {
        let broker = corner(queues);
        let test = Self::new(service, migrator, broker.bus.clone(), Some(broker), clock).await;
        drop(lifecycle::spawn_last(test.ctx.bus.clone().keep_connected(test.bus_stop.clone())));
        let up = tokio::time::timeout(std::time::Duration::from_secs(30), test.ctx.bus.wait_until_up()).await;
        assert!(up.is_ok(), "the test broker does not answer: run `cargo xtask setup`");
        test
    }

    async fn new(
        service: &'static str,
        migrator: &Migrator,
        bus: Bus,
        broker: Option<TestBroker>,
        clock: Clock,
    ) -> Self {
        let database = fresh(migrator).await;
        let (tasks, watch) = Tasks::new();
        let ctx = Context {
            service,
            db: database.db.clone(),
            bus,
            clock: clock.clone(),
            tasks,
            metrics: Metrics::new().unwrap_or_else(|error| panic!("no metrics: {error}")),
            offices: platform::offices::Offices::default(),
            outbox: platform::outbox::Waker::default(),
            keys: Keys { internal: INTERNAL_API_KEY.into(), internal_previous: None, actor: ACTOR_KEY.into() },
        };
        Self { ctx, clock, database, broker, bus_stop: CancellationToken::new(), _watch: watch }
    }

    /// Calls the service's routes in process; its consumers and workers do not run.
    pub fn api<D: Daemon>(&self, service: Service) -> Api {
        let (router, _consumers) =
            service.into_parts::<D>(&self.ctx).unwrap_or_else(|error| panic!("no service: {error}"));
        Api::new(router)
    }

    /// Calls the service's routes in process, with relay, consumers and the other workers running.
    pub fn run<D: Daemon>(&self, service: Service) -> Api {
        let (router, consumers) =
            service.into_parts::<D>(&self.ctx).unwrap_or_else(|error| panic!("no service: {error}"));
        platform::service::start_workers(&self.ctx, consumers);
        Api::new(router)
    }

    /// Adds a second office, as its snapshot would.
    pub async fn add_office(&self, name: &str) -> OfficeId {
        let office = Office {
            office_id: OfficeId::new(),
            name: name.to_owned(),
            version: 1,
            settings: OfficeSettings::default(),
        };
        let mut tx = self.ctx.db.office(office.office_id).await.unwrap_or_else(|error| panic!("{error}"));
        platform::offices::keep(&mut tx, &office).await.unwrap_or_else(|error| panic!("{error}"));
        tx.commit().await.unwrap_or_else(|error| panic!("{error}"));
        self.ctx.offices.forget();
        office.office_id
    }

    /// A delivery of this event for the first office, to tick a handler by hand.
    pub fn delivery<E: Event>(&self, event: &E) -> Delivery {
        Delivery::of(event, OfficeId::FIRST, self.clock.now()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What lies in the outbox under this key, oldest first; for tests without a relay.
    pub async fn outbox<E: Event>(&self) -> Vec<E> {
        let mut tx = self.ctx.db.all_offices("a test looks").await.unwrap_or_else(|error| panic!("{error}"));
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("SELECT body FROM outbox WHERE routing_key = $1 ORDER BY id")
            .bind(E::ROUTING_KEY)
            .fetch_all(&mut *tx)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        rows.iter().map(|body| serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}"))).collect()
    }
}

impl Drop for Test {
    fn drop(&mut self) {
        self.ctx.tasks.stop();
        self.bus_stop.cancel();
        drop(self.broker.take());
    }
}
