//! Every queue of the AI service and who handles it.

use contracts::topology;
use platform::Service;
use platform::bus::Consumer;
use platform::offices::Replica;

use crate::App;
use crate::categories::events::Updates;
use crate::complaints::events::StatusChanges;
use crate::documents::events::Uploads;
use crate::privacy::events::Staff;
use crate::takeovers::events::Takeovers;
use crate::turns::consumer::Turns;
use crate::turns::merge::Merges;

/// Turns in work at the same time; each holds one database connection at most.
const TURNS: usize = 8;

/// Adds the consumers.
pub fn add(service: Service, app: &App) -> Service {
    service
        .consumer(Consumer::new(topology::AI_MESSAGES, TURNS, Turns(app.clone())))
        .consumer(Consumer::new(topology::AI_MERGES, 1, Merges(app.clone())))
        .consumer(Consumer::new(topology::AI_TAKEOVERS, 1, Takeovers(app.clone())))
        .consumer(Consumer::new(topology::AI_CATEGORIES, 1, Updates(app.clone())))
        .consumer(Consumer::new(topology::AI_COMPLAINTS, 1, StatusChanges(app.clone())))
        .consumer(Consumer::new(topology::AI_STAFF, 1, Staff(app.clone())))
        .consumer(Consumer::new(topology::AI_DOCUMENTS, 1, Uploads(app.clone())))
        .consumer(Consumer::new(topology::AI_OFFICES, 1, Replica(app.ctx.clone())))
}
