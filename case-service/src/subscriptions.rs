//! Every queue of the case service and who handles it.

use contracts::topology;
use platform::Service;
use platform::bus::Consumer;

use crate::App;
use crate::calendar::office::Offices;
use crate::citizens::merge::Merges;

/// Adds the consumers.
pub fn add(service: Service, app: &App) -> Service {
    service.consumer(Consumer::new(topology::CASE_OFFICES, 1, Offices(app.clone()))).consumer(Consumer::new(
        topology::CASE_MERGES,
        1,
        Merges(app.clone()),
    ))
}
