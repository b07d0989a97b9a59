//! Consuming: deliveries in, verdicts out.
//!
//! A handler never touches the broker. `Done` is acked. `Unavailable` keeps the delivery and tries again after a
//! growing pause, for hours if need be, without counting. `Failed` climbs the ladder (5 s, 30 s, 5 min), and the fourth
//! failure goes to `<queue>.dead`; what moves is published and confirmed before the ack.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::topology::{Queue, RETRY_LADDER};
use futures_util::{FutureExt, StreamExt};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use rand::RngExt as _;
use tokio::time::Instant;
use tracing::{Instrument, debug, error, info_span, warn};

use super::delivery::{ATTEMPT, HISTORY, ROUTING_KEY, headers};
use super::{Bus, Delivery, HandlerError, Verdict};
use crate::Context;

/// The first pause when something is away, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));
/// How long to wait for a batch to fill after its first delivery.
const LINGER: Duration = Duration::from_millis(4);

/// Handles one event at a time.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does the effect and notes the event in the inbox, in one transaction.
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError>;
}

/// Handles several at once; the answers are in the order of the deliveries.
#[async_trait]
pub trait BatchHandler: Send + Sync + 'static {
    /// Does all effects. Must return one verdict per delivery.
    async fn handle_batch(&self, deliveries: &[Delivery]) -> Vec<Verdict>;
}

/// One at a time is a batch of one.
struct Single<H>(H);

#[async_trait]
impl<H: Handler> BatchHandler for Single<H> {
    async fn handle_batch(&self, deliveries: &[Delivery]) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            verdicts.push(self.0.handle(delivery).await.into());
        }
        verdicts
    }
}

/// A queue and who handles it.
#[derive(Clone)]
pub struct Consumer {
    queue: Queue,
    handler: Arc<dyn BatchHandler>,
    /// Deliveries that the broker hands out before the first is acked.
    prefetch: u16,
    /// Batches in work at the same time.
    concurrency: usize,
    /// Deliveries per batch at most.
    batch: usize,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer")
            .field("queue", &self.queue)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

impl Consumer {
    /// Handles events one by one, `concurrency` at the same time.
    pub fn new(queue: Queue, concurrency: usize, handler: impl Handler) -> Self {
        let prefetch = u16::try_from(concurrency * 2).unwrap_or(u16::MAX);
        Self { queue, handler: Arc::new(Single(handler)), prefetch, concurrency, batch: 1 }
    }

    /// Handles up to `batch` events at once, `concurrency` batches at the same time.
    pub fn batched(queue: Queue, batch: usize, concurrency: usize, handler: impl BatchHandler) -> Self {
        let prefetch = u16::try_from(batch * (concurrency + 1)).unwrap_or(u16::MAX);
        Self { queue, handler: Arc::new(handler), prefetch, concurrency, batch }
    }

    /// The queue.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Consumes until the stop, through every outage.
    pub async fn run(self, ctx: Context) -> anyhow::Result<()> {
        ctx.db.migrated().await;
        let shutdown = ctx.tasks.shutdown().clone();
        while !shutdown.is_cancelled() {
            if let Err(error) = self.session(&ctx).await {
                debug!(
                    queue = self.queue.name(),
                    error = &error as &dyn std::error::Error,
                    "the channel closed; opening another"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
                () = shutdown.cancelled() => {}
            }
        }
        Ok(())
    }

    /// Consumes over one channel, until it closes or the stop comes; then what is in work still ends.
    async fn session(&self, ctx: &Context) -> lapin::Result<()> {
        let link = tokio::select! {
            link = ctx.bus.connected() => link,
            () = ctx.tasks.shutdown().cancelled() => return Ok(()),
        };
        let channel = link.connection.create_channel().await?;
        channel.basic_qos(self.prefetch, BasicQosOptions::default()).await?;
        let stream = channel
            .basic_consume(
                ctx.bus.names().queue(&self.queue).into(),
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await?;
        let shutdown = ctx.tasks.shutdown().clone();
        let gate = Gate::default();
        // After the stop no new batch begins; those in work end.
        batches(stream.take_until(shutdown.cancelled_owned()), self.batch)
            .map(|raw| self.work(ctx, &gate, raw))
            .buffer_unordered(self.concurrency)
            .fold((), |(), ()| async {})
            .await;
        Ok(())
    }

    /// Handles one batch to its end.
    async fn work(&self, ctx: &Context, gate: &Gate, raw: Vec<lapin::message::Delivery>) {
        let mut deliveries = Vec::with_capacity(raw.len());
        let mut ackers = Vec::with_capacity(raw.len());
        for message in raw {
            match Delivery::read(&message) {
                Ok(delivery) => {
                    deliveries.push(delivery);
                    ackers.push(message);
                }
                Err(why) => {
                    error!(
                        queue = self.queue.name(),
                        error = &why as &dyn std::error::Error,
                        "a message without an envelope goes to the dead letters"
                    );
                    let dead = ctx.bus.names().dead(&self.queue);
                    let mut headers = headers(&message);
                    put(&mut headers, HISTORY, why.to_string());
                    put(&mut headers, ROUTING_KEY, message.routing_key.to_string());
                    self.move_to(ctx, "", &dead, &headers, &message.data).await;
                    ack(&message).await;
                }
            }
        }
        // `Unavailable` items come round again, until the stop gives them back to the broker.
        let mut pause = PAUSES.0;
        while !deliveries.is_empty() {
            tokio::select! {
                () = gate.pass() => {}
                () = ctx.tasks.shutdown().cancelled() => return,
            }
            let verdicts = self.judge(&deliveries).await;
            let mut again = (Vec::new(), Vec::new());
            for ((delivery, acker), verdict) in deliveries.drain(..).zip(ackers.drain(..)).zip(verdicts) {
                ctx.metrics.deliveries.with_label_values(&[self.queue.name().as_str(), verdict.word()]).inc();
                match verdict {
                    Verdict::Done => ack(&acker).await,
                    Verdict::Unavailable(why) => {
                        debug!(queue = self.queue.name(), why = format!("{why:#}"), "waiting for what is away");
                        again.0.push(delivery);
                        again.1.push(acker);
                    }
                    Verdict::Failed(why) => {
                        self.climb(ctx, &delivery, &format!("{why:#}")).await;
                        ack(&acker).await;
                    }
                    Verdict::Rejected(why) => {
                        self.bury(ctx, &delivery, &format!("{why:#}")).await;
                        ack(&acker).await;
                    }
                }
            }
            (deliveries, ackers) = again;
            if !deliveries.is_empty() {
                if ctx.tasks.shutdown().is_cancelled() {
                    return;
                }
                gate.close_for(jittered(pause));
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }

    /// Runs the handler; a panic is the item's own failure.
    async fn judge(&self, deliveries: &[Delivery]) -> Vec<Verdict> {
        let first = deliveries.first();
        let trace = first.map_or_else(crate::trace::TraceContext::root, Delivery::trace);
        let span = info_span!(
            "bus.deliver",
            queue = self.queue.name(),
            items = deliveries.len(),
            event_id = first.map(|d| d.attributes.id.to_string()),
            trace_id = trace.trace_id(),
        );
        let started = Instant::now();
        let handled = trace
            .run(
                std::panic::AssertUnwindSafe(self.handler.handle_batch(deliveries))
                    .catch_unwind()
                    .instrument(span.clone()),
            )
            .await;
        let verdicts = match handled {
            Ok(verdicts) if verdicts.len() == deliveries.len() => verdicts,
            Ok(verdicts) => {
                let why =
                    format!("the handler answered {} verdicts for {} deliveries", verdicts.len(), deliveries.len());
                deliveries.iter().map(|_| Verdict::Failed(anyhow::anyhow!(why.clone()))).collect()
            }
            Err(_) => deliveries.iter().map(|_| Verdict::Failed(anyhow::anyhow!("the handler panicked"))).collect(),
        };
        let _entered = span.enter();
        debug!(
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            verdict = verdicts.first().map(Verdict::word),
            "delivery"
        );
        verdicts
    }

    /// One rung up, or into the dead letters from the last.
    async fn climb(&self, ctx: &Context, delivery: &Delivery, why: &str) {
        let Some(step) = RETRY_LADDER.get(delivery.attempt) else { return self.bury(ctx, delivery, why).await };
        warn!(queue = self.queue.name(), event_id = %delivery.attributes.id, attempt = delivery.attempt, why, "a delivery failed; it is tried again in {:?}", step.delay);
        let headers = moved(delivery, why, delivery.attempt + 1);
        self.move_to(ctx, &ctx.bus.names().retry(step), &ctx.bus.names().queue(&self.queue), &headers, &delivery.body)
            .await;
    }

    /// Into the dead letters.
    async fn bury(&self, ctx: &Context, delivery: &Delivery, why: &str) {
        error!(queue = self.queue.name(), event_id = %delivery.attributes.id, attempt = delivery.attempt, why, "a delivery goes to the dead letters");
        let headers = moved(delivery, why, delivery.attempt);
        self.move_to(ctx, "", &ctx.bus.names().dead(&self.queue), &headers, &delivery.body).await;
    }

    /// Publishes until the broker confirms. If the connection breaks the ack fails too, and the broker delivers again.
    async fn move_to(&self, ctx: &Context, exchange: &str, key: &str, headers: &[(String, String)], body: &[u8]) {
        let mut pause = PAUSES.0;
        while let Err(error) = ctx.bus.send(exchange, key, true, headers, body).await {
            warn!(error = &error as &dyn std::error::Error, "moving a delivery waits for the broker");
            tokio::time::sleep(jittered(pause)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

/// The headers of a delivery that moves on.
fn moved(delivery: &Delivery, why: &str, attempt: usize) -> Vec<(String, String)> {
    let mut headers = delivery.headers.clone();
    put(&mut headers, ATTEMPT, attempt.to_string());
    put(&mut headers, ROUTING_KEY, delivery.routing_key.clone());
    let mut history = delivery.history.clone();
    history.push(why.replace('\n', " "));
    put(&mut headers, HISTORY, history.join("\n"));
    headers
}

fn put(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    headers.retain(|(key, _)| key != name);
    headers.push((name.to_owned(), value));
}

async fn ack(message: &lapin::message::Delivery) {
    // A lost connection loses the ack; the delivery comes again and the inbox knows it.
    if let Err(error) = message.acker.ack(BasicAckOptions::default()).await {
        debug!(error = &error as &dyn std::error::Error, "an ack was lost");
    }
}

/// Groups a stream into batches: what is there at once, or comes within [`LINGER`]. Ends at the first error.
fn batches<S>(stream: S, size: usize) -> impl futures_util::Stream<Item = Vec<lapin::message::Delivery>>
where
    S: futures_util::Stream<Item = lapin::Result<lapin::message::Delivery>>,
{
    futures_util::stream::unfold(Some(Box::pin(stream)), move |state| async move {
        let mut stream = state?;
        let first = stream.next().await?.ok()?;
        let mut batch = vec![first];
        let until = Instant::now() + LINGER;
        while batch.len() < size {
            match tokio::time::timeout_at(until, stream.next()).await {
                Ok(Some(Ok(next))) => batch.push(next),
                Ok(Some(Err(_)) | None) => return Some((batch, None)),
                Err(_) => break,
            }
        }
        Some((batch, Some(stream)))
    })
}

/// Holds the whole consumer back while something is away.
#[derive(Default)]
struct Gate(std::sync::Mutex<Option<Instant>>);

impl Gate {
    fn close_for(&self, pause: Duration) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now() + pause);
    }

    async fn pass(&self) {
        let until = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }
}

/// Up to a fifth more or less, so that instances do not move in step.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.8..1.2))
}

/// Runs the consumers of a service.
pub(crate) fn start(ctx: &Context, consumers: Vec<Consumer>) -> BTreeMap<String, Queue> {
    let mut queues = BTreeMap::new();
    for consumer in consumers {
        queues.insert(consumer.queue.name(), consumer.queue);
        ctx.tasks.spawn("consumer", consumer.run(ctx.clone()));
    }
    queues
}

impl Bus {
    /// Tells a queue's depth, for tests and readiness; `None` while the broker is away.
    pub async fn depth(&self, queue: &Queue) -> Option<u32> {
        let link = self.link()?;
        let channel = link.connection.create_channel().await.ok()?;
        let options = lapin::options::QueueDeclareOptions { passive: true, ..Default::default() };
        let state =
            channel.queue_declare(self.names().queue(queue).into(), options, FieldTable::default()).await.ok()?;
        Some(state.message_count())
    }
}
