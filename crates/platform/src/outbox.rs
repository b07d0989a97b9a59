//! The outbox: a change and the event that tells of it are one transaction.
//!
//! Rows are written by [`append`] in the change's own transaction. One relay per database publishes them: it holds a
//! leased row (with `SKIP LOCKED` among several relays the order breaks; with `pg_notify` in the transaction commits
//! queue up), is woken in-process after a commit, and polls for what other instances left behind. Within an aggregate
//! the next event leaves only when the one before it is confirmed, so a nack holds back the rest of that aggregate and
//! nobody else's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::envelope::Attributes;
use contracts::events::Event;
use contracts::topology;
use contracts::{EventId, OfficeId};
use futures_util::{StreamExt, stream};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{debug, warn};
use uuid::Uuid;

use crate::bus::{Bus, Outgoing};
use crate::trace::TraceContext;
use crate::{Context, Db, Tx};

/// How long a relay that died keeps others waiting.
const LEASE: Duration = Duration::from_secs(10);
/// Renewed when less than this is left.
const RENEW_BELOW: Duration = Duration::from_secs(6);
/// One round of publishing ends well inside the lease.
const ROUND: Duration = Duration::from_secs(4);
/// How often to look for what nobody woke us for.
const POLL: Duration = Duration::from_millis(200);
/// Events per round.
const BATCH: i64 = 256;
/// Aggregates that are published at the same time.
const PIPELINE: usize = 64;

/// Why an event happened: the thread it belongs to and the event before it.
#[derive(Debug, Clone, Default)]
pub struct Cause {
    pub correlation_id: Option<String>,
    pub causation_id: Option<String>,
}

impl Cause {
    /// A cause that nobody told us.
    pub fn none() -> Self {
        Self::default()
    }

    /// Caused by that event.
    pub fn event(attributes: &Attributes) -> Self {
        Self {
            correlation_id: attributes.correlation_id.clone().or_else(|| Some(attributes.id.to_string())),
            causation_id: Some(attributes.id.to_string()),
        }
    }
}

/// An event as it will lie in the outbox; for callers that write the row in a statement of their own.
#[derive(Debug)]
pub struct Row {
    pub event_id: Uuid,
    pub routing_key: &'static str,
    pub aggregate: String,
    pub headers: serde_json::Value,
    pub body: Vec<u8>,
}

/// Builds the row for an event that happens now.
pub fn row<E: Event>(ctx: &Context, office: OfficeId, event: &E, cause: &Cause) -> Result<Row, serde_json::Error> {
    let attributes = Attributes {
        id: EventId::new(),
        source: ctx.service.to_owned(),
        kind: Attributes::kind_of(E::ROUTING_KEY),
        subject: Some(event.subject()),
        time: ctx.clock.now(),
        office_id: Some(office),
        correlation_id: cause.correlation_id.clone(),
        causation_id: cause.causation_id.clone(),
        traceparent: TraceContext::current().map(|trace| trace.to_string()),
        sequence: event.sequence(),
    };
    Ok(Row {
        event_id: attributes.id.0,
        routing_key: E::ROUTING_KEY,
        aggregate: event.subject(),
        headers: serde_json::to_value(attributes.headers().into_iter().collect::<BTreeMap<_, _>>())?,
        body: serde_json::to_vec(event)?,
    })
}

/// Adds an event to the caller's transaction. After the commit call `ctx.outbox.wake()`.
pub async fn append<E: Event>(
    ctx: &Context,
    tx: &mut Tx,
    office: OfficeId,
    event: &E,
    cause: &Cause,
) -> Result<EventId, AppendError> {
    let row = row(ctx, office, event, cause)?;
    sqlx::query!(
        "INSERT INTO outbox (event_id, office_id, routing_key, aggregate, headers, body) VALUES ($1, $2, $3, $4, $5, $6)",
        row.event_id,
        office.0,
        row.routing_key,
        row.aggregate,
        row.headers,
        row.body,
    )
    .execute(&mut **tx)
    .await?;
    Ok(EventId(row.event_id))
}

/// Why an event could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the event does not serialise")]
    Serialise(#[from] serde_json::Error),
}

/// Tells the relay that there is something to publish. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// To be called after the commit.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// The relay of one process. Only the one that holds the lease publishes.
#[derive(Debug)]
pub struct Relay {
    db: Db,
    bus: Bus,
    me: Uuid,
    lease_until: Option<Instant>,
    metrics: crate::metrics::Metrics,
}

impl Relay {
    /// A relay without a lease.
    pub fn new(ctx: &Context) -> Self {
        Self {
            db: ctx.db.clone(),
            bus: ctx.bus.clone(),
            me: Uuid::now_v7(),
            lease_until: None,
            metrics: ctx.metrics.clone(),
        }
    }

    /// Publishes until the stop.
    pub async fn run(mut self, ctx: Context) -> anyhow::Result<()> {
        self.db.migrated().await;
        while !ctx.tasks.shutdown().is_cancelled() {
            let more = match self.round().await {
                Ok(more) => more,
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "the outbox waits: the database is away");
                    false
                }
            };
            if !more {
                tokio::select! {
                    () = ctx.outbox.0.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                    () = ctx.tasks.shutdown().cancelled() => {}
                }
            }
        }
        self.release().await;
        Ok(())
    }

    /// Publishes one batch. `true`: there was a full one, look again at once.
    async fn round(&mut self) -> Result<bool, sqlx::Error> {
        if !self.bus.is_up() {
            return Ok(false);
        }
        let mut tx = self.db.all_offices("outbox relay").await?;
        let waiting =
            sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM outbox) AS "waiting!""#).fetch_one(&mut *tx).await?;
        if !waiting || !self.hold_lease(&mut tx).await? {
            return tx.commit().await.map(|()| false);
        }
        let rows = sqlx::query_as!(
            Waiting,
            "SELECT id, routing_key, aggregate, headers, body FROM outbox ORDER BY id LIMIT $1",
            BATCH,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;

        let full = i64::try_from(rows.len()).is_ok_and(|n| n == BATCH);
        let published = self.publish(rows).await;
        if !published.is_empty() {
            let mut tx = self.db.all_offices("outbox relay").await?;
            sqlx::query!("DELETE FROM outbox WHERE id = ANY($1)", &published).execute(&mut *tx).await?;
            tx.commit().await?;
            self.metrics.outbox_published.inc_by(published.len() as u64);
        }
        debug!(published = published.len(), "outbox round");
        Ok(full && !published.is_empty())
    }

    /// Takes or keeps the lease.
    async fn hold_lease(&mut self, tx: &mut Tx) -> Result<bool, sqlx::Error> {
        let now = Instant::now();
        if self.lease_until.is_some_and(|until| until > now + RENEW_BELOW) {
            return Ok(true);
        }
        let held = sqlx::query!(
            "UPDATE outbox_lease SET holder = $1, expires_at = now() + make_interval(secs => $2)
             WHERE holder = $1 OR holder IS NULL OR expires_at < now()",
            self.me,
            LEASE.as_secs_f64(),
        )
        .execute(&mut **tx)
        .await?
        .rows_affected()
            == 1;
        self.lease_until = held.then(|| now + LEASE);
        Ok(held)
    }

    /// Publishes aggregate by aggregate, each in order, many at once; returns the ids of what was confirmed.
    async fn publish(&self, rows: Vec<Waiting>) -> Vec<i64> {
        let mut aggregates: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
        let mut first_of: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
        for row in rows {
            let first = *first_of.entry(row.aggregate.clone()).or_insert(row.id);
            aggregates.entry(first).or_default().push(row);
        }
        let ends = Instant::now() + ROUND;
        stream::iter(aggregates.into_values())
            .map(|rows| self.publish_in_order(rows, ends))
            .buffered(PIPELINE)
            .concat()
            .await
    }

    /// Publishes one aggregate's events until the first that is not confirmed.
    async fn publish_in_order(&self, rows: Vec<Waiting>, ends: Instant) -> Vec<i64> {
        let mut confirmed = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id;
            let outgoing = row.into_outgoing();
            match tokio::time::timeout_at(ends, self.bus.publish(&outgoing)).await {
                Ok(Ok(())) => confirmed.push(id),
                Ok(Err(error)) => {
                    warn!(
                        routing_key = outgoing.routing_key,
                        error = &error as &dyn std::error::Error,
                        "an event was not confirmed; it stays in the outbox"
                    );
                    break;
                }
                Err(_) => break,
            }
        }
        confirmed
    }

    /// Lets another instance go on at once.
    async fn release(&self) {
        let Ok(mut tx) = self.db.all_offices("outbox relay").await else { return };
        let released =
            sqlx::query!("UPDATE outbox_lease SET holder = NULL WHERE holder = $1", self.me).execute(&mut *tx).await;
        if released.is_ok() {
            // If this fails the lease runs out by itself.
            let _ = tx.commit().await;
        }
    }
}

struct Waiting {
    id: i64,
    routing_key: String,
    aggregate: String,
    headers: serde_json::Value,
    body: Vec<u8>,
}

impl Waiting {
    fn into_outgoing(self) -> Outgoing {
        let headers = match self.headers {
            serde_json::Value::Object(map) => map
                .into_iter()
                .filter_map(|(name, value)| value.as_str().map(|value| (name, value.to_owned())))
                .collect(),
            _ => Vec::new(),
        };
        Outgoing {
            mandatory: topology::has_durable_reader(&self.routing_key),
            routing_key: self.routing_key,
            headers,
            body: self.body.into(),
        }
    }
}
