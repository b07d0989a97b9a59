//! Every queue of channel-service and who handles it.

use contracts::topology;
use platform::Service;
use platform::bus::Consumer;
use platform::offices::Replica;

use crate::App;
use crate::inbound::intake::Intake;
use crate::turns::replies::{Handoffs, Replies};

/// Adds all of them. One batch at a time per queue keeps locks in one order.
pub fn all(app: &App, service: Service) -> Service {
    service
        .consumer(Consumer::batched(topology::CHANNEL_WEBHOOKS, 64, 1, Intake(app.clone())))
        .consumer(Consumer::batched(topology::CHANNEL_STATUSES, 64, 1, Intake(app.clone())))
        .consumer(Consumer::new(topology::CHANNEL_REPLIES, 16, Replies(app.clone())))
        .consumer(Consumer::new(topology::CHANNEL_HANDOFFS, 4, Handoffs(app.clone())))
        .consumer(Consumer::new(topology::CHANNEL_OFFICES, 1, Replica(app.ctx.clone())))
}
