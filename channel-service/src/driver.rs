//! The workers, ticked by hand: for tests and tools that must decide themselves what happens when.

use bytes::Bytes;
use contracts::EventId;
use contracts::envelope::Attributes;
use contracts::events::WEBHOOK_ACCEPTED;
use platform::bus::{BatchHandler, Delivery, Handler, HandlerError, Verdict};
use platform::{Context, Service};

use crate::inbound::intake::Intake;
use crate::sending::{sender, sweep};
use crate::turns::replies::{Handoffs, Replies};
use crate::turns::scheduler;
use crate::{App, Config, assemble, blocklist, media, numbers, retention, routes, subscriptions, takeover, webhooks};

/// A service whose workers do nothing until they are told to. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Driver(App);

impl Driver {
    /// The service without its workers, and the handle that takes their place. The first number is there already.
    pub async fn build(ctx: Context, config: Config) -> anyhow::Result<(Self, Service)> {
        let (driver, service) = Self::bare(ctx, config)?;
        numbers::insert_first(&driver.0).await?;
        Ok((driver, service))
    }

    /// The same before anything was started or written.
    pub fn bare(ctx: Context, config: Config) -> anyhow::Result<(Self, Service)> {
        let app = assemble(ctx, config)?;
        let service = subscriptions::all(&app, Service::new(routes::all(&app)));
        Ok((Self(app), service))
    }

    /// Takes these webhook bodies in as one batch, as if the queue had delivered them.
    pub async fn intake(&self, bodies: &[Bytes]) -> Vec<Verdict> {
        let deliveries: Vec<Delivery> = bodies.iter().map(|body| self.delivery(body.clone())).collect();
        Intake(self.0.clone()).handle_batch(&deliveries).await
    }

    fn delivery(&self, body: Bytes) -> Delivery {
        let attributes = Attributes {
            id: EventId::new(),
            source: self.0.ctx.service.to_owned(),
            kind: Attributes::kind_of(WEBHOOK_ACCEPTED),
            subject: None,
            time: self.0.ctx.clock.now(),
            office_id: None,
            correlation_id: None,
            causation_id: None,
            traceparent: None,
            sequence: None,
        };
        Delivery::raw(attributes, WEBHOOK_ACCEPTED, body)
    }

    /// Hands in an answer of the assistant: `ai.reply.ready`.
    pub async fn reply(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        Replies(self.0.clone()).handle(delivery).await
    }

    /// Hands in a call for a person: `ai.handoff.requested`.
    pub async fn handoff(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        Handoffs(self.0.clone()).handle(delivery).await
    }

    /// One look of the turn scheduler; `outage` is its memory of one.
    pub async fn turns(&self, outage: &mut bool) -> anyhow::Result<()> {
        scheduler::tick(&self.0, outage).await?;
        Ok(())
    }

    /// One round of the sender.
    pub async fn send(&self) -> anyhow::Result<()> {
        sender::round(&self.0).await?;
        Ok(())
    }

    /// One round of forgetting.
    pub async fn forget(&self) -> anyhow::Result<()> {
        Ok(retention::forget(&self.0).await?)
    }

    /// One round of fetching and hearing files; answers how many.
    pub async fn media(&self) -> anyhow::Result<usize> {
        media::worker::round(&self.0).await
    }

    /// One sweep for sends without an end.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        Ok(sweep::sweep(&self.0).await?)
    }

    /// One look for blocks whose time is over.
    pub async fn lift_blocks(&self) -> anyhow::Result<()> {
        Ok(blocklist::tick(&self.0).await?)
    }

    /// One look for takeovers that ended by silence.
    pub async fn expire_takeovers(&self) -> anyhow::Result<()> {
        Ok(takeover::expiry::tick(&self.0).await?)
    }

    /// Moves one batch of spooled webhooks to the queue; answers how many.
    pub async fn rescue(&self) -> anyhow::Result<usize> {
        webhooks::spool::round(&self.0).await
    }
}
