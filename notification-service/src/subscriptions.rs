//! Every queue of the notification service and who handles it.

use contracts::topology;
use platform::Service;
use platform::bus::Consumer;
use platform::offices::Replica;

use crate::App;
use crate::citizens::merge::Merges;
use crate::complaints::Complaints;
use crate::requests::Requests;
use crate::statuses::Statuses;
use crate::turns::Turns;

/// Adds the consumers. Complaints are handled one at a time: a citizen hears of moves in the order they were made.
pub fn add(service: Service, app: &App) -> Service {
    service
        .consumer(Consumer::new(topology::NOTIFICATION_COMPLAINTS, 1, Complaints(app.clone())))
        .consumer(Consumer::new(topology::NOTIFICATION_TURNS, 4, Turns(app.clone())))
        .consumer(Consumer::new(topology::NOTIFICATION_STATUSES, 4, Statuses(app.clone())))
        .consumer(Consumer::new(topology::NOTIFICATION_REQUESTS, 2, Requests(app.clone())))
        .consumer(Consumer::new(topology::NOTIFICATION_OFFICES, 1, Replica(app.ctx.clone())))
        .consumer(Consumer::new(topology::NOTIFICATION_MERGES, 1, Merges(app.clone())))
}
